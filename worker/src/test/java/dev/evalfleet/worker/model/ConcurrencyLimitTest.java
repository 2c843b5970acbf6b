package dev.evalfleet.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConcurrencyLimitTest {

    private final AtomicLong now = new AtomicLong();
    private final ConcurrencyLimit limit = new ConcurrencyLimit(100, now::get);

    @Test
    void itStartsSlowlyAndGrowsWithEveryAnswerWhileItIsUsed() {
        assertThat(limit.current()).isEqualTo(8);
        round(8, ConcurrencyLimit.Permit::answered);

        assertThat(limit.current()).isBetween(11, 16);
    }

    @Test
    void itNeverGrowsPastTheMost() {
        for (int i = 0; i < 50; i++) {
            round(limit.current(), ConcurrencyLimit.Permit::answered);
        }
        assertThat(limit.current()).isEqualTo(100);
    }

    @Test
    void aLimitThatIsNotUsedDoesNotGrow() {
        for (int i = 0; i < 50; i++) {
            round(1, ConcurrencyLimit.Permit::answered);
        }
        assertThat(limit.current()).isEqualTo(8);
    }

    @Test
    void throttledCallsOfOneEpisodeShrinkItOnce() {
        now.addAndGet(1000);
        round(8, permit -> permit.throttled(null));
        assertThat(limit.current()).isEqualTo(6);

        now.addAndGet(1000);
        round(6, permit -> permit.throttled(null));
        assertThat(limit.current()).isEqualTo(5);
    }

    @Test
    void afterThrottlingItGrowsByOneARound() {
        now.addAndGet(1000);
        round(8, permit -> permit.throttled(null));
        for (int i = 0; i < 10; i++) {
            round(limit.current(), ConcurrencyLimit.Permit::answered);
        }
        assertThat(limit.current()).isBetween(9, 16);
    }

    @Test
    void errorsPauseGrowthWithoutShrinking() {
        round(8, ConcurrencyLimit.Permit::broken);
        round(8, ConcurrencyLimit.Permit::answered);
        assertThat(limit.current()).isEqualTo(8);

        now.addAndGet(Duration.ofSeconds(3).toNanos());
        round(8, ConcurrencyLimit.Permit::answered);
        assertThat(limit.current()).isGreaterThan(8);
    }

    @Test
    void retryAfterHoldsEverybodyBack() throws Exception {
        ConcurrencyLimit real = new ConcurrencyLimit(8, System::nanoTime);
        Objects.requireNonNull(real.acquire(new Cancellation())).throttled(Duration.ofMillis(200));
        long start = System.nanoTime();

        Objects.requireNonNull(real.acquire(new Cancellation())).answered();
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(190).toNanos());
    }

    @Test
    void whoeverWaitsIsLetInWhenThereIsRoom() throws Exception {
        List<ConcurrencyLimit.Permit> held = take(8);
        CompletableFuture<ConcurrencyLimit.Permit> next = inBackground(new Cancellation());
        assertThat(limit.inFlight()).isEqualTo(8);
        assertThat(next).isNotDone();

        held.getFirst().answered();
        await().until(next::isDone);
        assertThat(next.get()).isNotNull();
    }

    @Test
    void aCancelledWaiterLeavesItsPlaceToTheNext() throws Exception {
        List<ConcurrencyLimit.Permit> held = take(8);
        Cancellation cancellation = new Cancellation();
        CompletableFuture<ConcurrencyLimit.Permit> first = inBackground(cancellation);
        CompletableFuture<ConcurrencyLimit.Permit> second = inBackground(new Cancellation());
        cancellation.request();
        assertThat(first.get()).isNull();

        held.getFirst().answered();
        assertThat(second.get()).isNotNull();
    }

    private CompletableFuture<ConcurrencyLimit.Permit> inBackground(Cancellation cancellation) {
        CompletableFuture<ConcurrencyLimit.Permit> acquired = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                acquired.complete(limit.acquire(cancellation));
            } catch (InterruptedException e) {
                acquired.completeExceptionally(e);
            }
        });
        return acquired;
    }

    private void round(int calls, java.util.function.Consumer<ConcurrencyLimit.Permit> end) {
        take(calls).forEach(end);
    }

    private List<ConcurrencyLimit.Permit> take(int calls) {
        List<ConcurrencyLimit.Permit> permits = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            try {
                permits.add(Objects.requireNonNull(limit.acquire(new Cancellation())));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return permits;
    }
}
