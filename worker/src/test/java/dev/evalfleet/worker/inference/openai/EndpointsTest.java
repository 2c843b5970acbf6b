package dev.evalfleet.worker.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.worker.inference.Completion;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointsTest {

    private static final URI A = URI.create("http://a/v1");
    private static final URI B = URI.create("http://b/v1");
    private static final Completion FINE =
            new Completion.Answered(List.of(), 1, 1, Duration.ofMillis(1), null, "http://a/v1");

    private long now;
    private final Endpoints endpoints = new Endpoints(List.of(A, B), () -> now);
    private final Map<URI, Completion> says = new HashMap<>(Map.of(A, FINE, B, FINE));
    private final List<URI> asked = new ArrayList<>();

    @Test
    void aReplicaThatIsGoneIsAskedAgainAfterItsRestAndRestsLongerEachTime() throws Exception {
        says.put(A, new Completion.Unavailable("a is gone"));
        asks(4);
        assertThat(asked).containsOnlyOnce(A);

        passes(Endpoints.FIRST_REST);
        asks(4);
        assertThat(asked.stream().filter(A::equals)).hasSize(2);

        passes(Endpoints.FIRST_REST);
        asks(4);
        assertThat(asked.stream().filter(A::equals)).hasSize(2);

        says.put(A, FINE);
        passes(Endpoints.FIRST_REST);
        asked.clear();
        asks(8);
        assertThat(asked.stream().filter(A::equals)).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void oneCallAtATimeTriesAReplicaThatWasGone() throws Exception {
        says.put(A, new Completion.Unavailable("a is gone"));
        asks(2);
        passes(Endpoints.FIRST_REST);
        says.put(A, FINE);
        asked.clear();

        List<URI> meanwhile = new ArrayList<>();
        whileBusy(
                B,
                () -> whileBusy(A, () -> {
                    for (int i = 0; i < 3; i++) {
                        endpoints.ask(other -> {
                            meanwhile.add(other);
                            return FINE;
                        });
                    }
                }));
        assertThat(meanwhile).containsOnly(B);
    }

    @Test
    void aReplicaThatKeepsBreakingRestsWhileOthersAreAsked() throws Exception {
        says.put(A, new Completion.Broken("server_error", "500"));
        asks(20);
        assertThat(asked.stream().filter(A::equals)).hasSize(3);
    }

    @Test
    void aReplicaThatNeverAnswersInTimeRestsToo() throws Exception {
        says.put(A, new Completion.TimedOut(Duration.ofSeconds(1)));
        asks(20);
        assertThat(asked.stream().filter(A::equals)).hasSize(3);
    }

    @Test
    void aReplicaThatAsksForAPauseGetsItWhileOthersAreAsked() throws Exception {
        says.put(A, new Completion.Throttled(Duration.ofSeconds(5)));
        for (int i = 0; i < 10; i++) {
            assertThat(ask()).isEqualTo(FINE);
        }
        assertThat(asked).containsOnlyOnce(A);

        says.put(A, FINE);
        passes(Duration.ofSeconds(5));
        asked.clear();
        asks(4);
        assertThat(asked).contains(A);
    }

    @Test
    void whenAllAskForAPauseTheShortestCounts() throws Exception {
        says.put(A, new Completion.Throttled(Duration.ofSeconds(5)));
        says.put(B, new Completion.Throttled(Duration.ofSeconds(2)));

        assertThat(ask()).isEqualTo(new Completion.Throttled(Duration.ofSeconds(2)));
        assertThat(asked).hasSize(2);
        assertThat(ask()).isEqualTo(new Completion.Throttled(Duration.ofSeconds(2)));
        assertThat(asked).hasSize(2);
    }

    @Test
    void theModelIsUnavailableWhenNoReplicaCanBeAskedAndEachSaysWhy() throws Exception {
        says.put(A, new Completion.Unavailable("a is gone"));
        says.put(B, new Completion.Unavailable("b is gone"));

        assertThat(ask()).isEqualTo(new Completion.Unavailable("a is gone; b is gone"));
    }

    @Test
    void aProbeThatSucceedsEndsTheRest() throws Exception {
        says.put(A, new Completion.Unavailable("a is gone"));
        asks(2);
        says.put(A, FINE);
        asked.clear();

        endpoints.probed(A, null);
        asks(4);

        assertThat(asked).contains(A);
    }

    @FunctionalInterface
    private interface Body {
        void run() throws InterruptedException;
    }

    /// Runs something during a call on the replica, asking until it is that one's turn.
    private void whileBusy(URI replica, Body body) throws InterruptedException {
        boolean[] done = {false};
        while (!done[0]) {
            endpoints.ask(base -> {
                if (base.equals(replica)) {
                    body.run();
                    done[0] = true;
                }
                return FINE;
            });
        }
    }

    private void asks(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            ask();
        }
    }

    private Completion ask() throws InterruptedException {
        return endpoints.ask(base -> {
            asked.add(base);
            return says.getOrDefault(base, FINE);
        });
    }

    private void passes(Duration time) {
        now += time.toNanos();
    }
}
