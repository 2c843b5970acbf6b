package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final FakeService one = new FakeService("one");
    private final FakeService two = new FakeService("two");
    private final FakeService three = new FakeService("three");

    @Test
    void servicesStartInOrderAndStopInReverse() {
        stop.complete(null);

        assertThat(Lifecycle.run(stop, List.of(one, two, three))).isZero();

        assertThat(events)
                .containsExactly("start one", "start two", "start three", "stop three", "stop two", "stop one");
    }

    @Test
    void aFailedStartStopsWhatHadStartedItselfIncluded() {
        two.startFailure = new OperatorException("port in use");

        assertThat(Lifecycle.run(stop, List.of(one, two, three))).isEqualTo(1);

        assertThat(events).containsExactly("start one", "start two", "stop two", "stop one");
    }

    @Test
    void aServiceThatFailsEndsTheProcess() {
        one.ended.completeExceptionally(new IllegalStateException("broken"));

        assertThat(Lifecycle.run(stop, List.of(one, two))).isEqualTo(1);

        assertThat(events).endsWith("stop two", "stop one");
    }

    @Test
    void aServiceThatIsDoneEndsTheProcessWell() {
        two.ended.complete(null);

        assertThat(Lifecycle.run(stop, List.of(one, two))).isZero();
    }

    @Test
    void aFailedStopDoesNotKeepOthersFromStopping() {
        stop.complete(null);
        two.stopFailure = new IllegalStateException("stuck");

        assertThat(Lifecycle.run(stop, List.of(one, two))).isEqualTo(1);

        assertThat(events).endsWith("stop two", "stop one");
    }

    @Test
    void aGroupIsReadyWhenAllAreAndSaysWhatItWaitsFor() throws Exception {
        two.ready = false;
        three.ready = false;
        try (Service group = Lifecycle.group("fleet", one, two, three)) {
            group.start();

            assertThat(group.ready()).isFalse();
            assertThat(group.waitingFor()).isEqualTo("two: starting; three: starting");

            two.ready = true;
            three.ready = true;
            assertThat(group.ready()).isTrue();
        }
        assertThat(events).endsWith("stop three", "stop two", "stop one");
    }

    @Test
    void aGroupEndsWithTheFirstOfItsParts() {
        try (Service group = Lifecycle.group("fleet", one, two)) {
            CompletableFuture<Void> ended = group.ended();
            assertThat(ended).isNotDone();

            two.ended.completeExceptionally(new IllegalStateException("broken"));

            assertThat(ended).isCompletedExceptionally();
        }
    }

    @Test
    void aGroupStopsAllPartsBeforeItReportsTheFirstFailure() throws Exception {
        two.stopFailure = new IllegalStateException("stuck");
        one.stopFailure = new IllegalStateException("stuck too");
        Service group = Lifecycle.group("fleet", one, two);
        group.start();

        assertThatThrownBy(group::close).hasMessage("stuck").hasSuppressedException(one.stopFailure);
        assertThat(events).endsWith("stop two", "stop one");
    }

    private final class FakeService implements Service {
        private final String name;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private boolean ready = true;
        private @Nullable RuntimeException startFailure;
        private @Nullable RuntimeException stopFailure;

        FakeService(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {
            events.add("start " + name);
            if (startFailure != null) {
                throw startFailure;
            }
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public CompletableFuture<Void> ended() {
            return ended;
        }

        @Override
        public void close() {
            events.add("stop " + name);
            if (stopFailure != null) {
                throw stopFailure;
            }
        }
    }
}
