package dev.evalfleet.worker.inference.djl.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Broken;
import dev.evalfleet.worker.inference.Completion.TimedOut;
import dev.evalfleet.worker.inference.Completion.Unavailable;
import dev.evalfleet.worker.inference.djl.batch.Job.Reply.Answer;
import dev.evalfleet.worker.inference.djl.batch.Job.Reply.Ended;
import dev.evalfleet.worker.inference.djl.batch.ScoringJob.Likelihood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private static final Duration SECONDS = Duration.ofSeconds(20);

    private final FakeEngine engine = new FakeEngine();
    private Batcher batcher = new Batcher("test", engine, 4, Duration.ofMillis(100));

    @AfterEach
    void stop() {
        engine.gate.countDown();
        batcher.stop();
    }

    /// Answers every job with its length; a job of length 13 brings any batch down.
    private static final class FakeEngine implements Batcher.Engine {
        final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch gate = new CountDownLatch(1);
        volatile boolean gated;
        volatile boolean dead;

        @Override
        public void run(List<Job<?>> batch) {
            sizes.add(batch.size());
            if (gated) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            if (batch.stream().anyMatch(job -> job.length() == 14)) {
                throw new IllegalStateException("shape mismatch");
            }
            if (dead || batch.stream().anyMatch(job -> job.length() == 13)) {
                throw new OutOfMemoryError("too big");
            }
            batch.forEach(job -> ((ScoringJob) job).answer(List.of(new Likelihood(job.length(), true))));
        }

        @Override
        public boolean fits(Job<?> job, List<Job<?>> batch) {
            if (job.length() == 99) {
                throw new IllegalStateException("no such length");
            }
            return job.length() / 10 == batch.getFirst().length() / 10;
        }
    }

    private static List<ScoringJob> jobs(int... lengths) {
        return IntStream.of(lengths)
                .mapToObj(length -> new ScoringJob(new long[length]))
                .toList();
    }

    private static Job.Reply<List<Likelihood>> await(ScoringJob job) {
        return job.await(System.nanoTime() + SECONDS.toNanos(), SECONDS);
    }

    private static Completion end(ScoringJob job) {
        return ((Ended<List<Likelihood>>) await(job)).how();
    }

    @Test
    void jobsThatWaitTogetherAreComputedTogether() {
        List<ScoringJob> jobs = jobs(1, 2, 3, 4, 5, 6);
        batcher.submit(jobs);

        batcher.start();

        for (ScoringJob job : jobs) {
            assertThat(await(job)).isEqualTo(new Answer<>(List.of(new Likelihood(job.length(), true))));
        }
        assertThat(engine.sizes).containsExactly(4, 2);
    }

    @Test
    void aLoneCallerNeverWaitsForOthers() {
        batcher = new Batcher("patient", engine, 4, Duration.ofSeconds(5)).start();
        long start = System.nanoTime();
        for (int i = 1; i < 10; i++) {
            ScoringJob job = jobs(i).getFirst();
            batcher.submit(List.of(job));
            await(job);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void onlyWhatFitsSharesABatchAndTheOldestIsNext() {
        batcher.submit(jobs(1, 21, 2, 22));
        List<ScoringJob> last = jobs(3);
        batcher.submit(last);

        batcher.start();

        await(last.getFirst());
        assertThat(engine.sizes).startsWith(3);
    }

    @Test
    void oneBadSampleCostsOnlyItself() {
        List<ScoringJob> jobs = jobs(11, 12, 13, 15);
        batcher.submit(jobs);

        batcher.start();

        assertThat(end(jobs.get(2)))
                .isEqualTo(
                        new Broken("out_of_memory", "the engine had too little memory for this sample alone: too big"));
        assertThat(jobs.stream().filter(job -> await(job) instanceof Answer)).hasSize(3);
        assertThat(engine.sizes).containsExactly(4, 2, 2, 1, 1);
    }

    @Test
    void aSampleTheEngineCannotComputeFailsWithTheCause() {
        ScoringJob job = jobs(14).getFirst();
        batcher.start().submit(List.of(job));

        assertThat(end(job)).isEqualTo(new Broken("engine_error", "the engine failed on this sample: shape mismatch"));
    }

    @Test
    void aBatcherThatFailsLeavesNobodyWaiting() {
        List<ScoringJob> jobs = jobs(1, 99);
        batcher.submit(jobs);

        batcher.start();

        assertThat(end(jobs.getFirst()))
                .isEqualTo(new Unavailable(
                        "the thread of the model failed: java.lang.IllegalStateException: no such length"));
        ScoringJob later = jobs(1).getFirst();
        batcher.submit(List.of(later));
        assertThat(end(later)).isInstanceOf(Unavailable.class);
    }

    @Test
    void anEngineThatFailsOnEverythingIsNotTheFaultOfASample() {
        engine.dead = true;
        ScoringJob job = jobs(1).getFirst();
        batcher.start().submit(List.of(job));

        assertThat(end(job)).isInstanceOf(Broken.class);
        engine.dead = false;
        ScoringJob next = jobs(1).getFirst();
        batcher.submit(List.of(next));
        assertThat(await(next)).isInstanceOf(Answer.class);
    }

    @Test
    void aHangingEngineTimesOutAndKeepsNobody() {
        engine.gated = true;
        ScoringJob job = jobs(1).getFirst();
        batcher.start().submit(List.of(job));
        Duration timeout = Duration.ofMillis(50);

        assertThat(job.await(System.nanoTime() + timeout.toNanos(), timeout))
                .isEqualTo(new Ended<>(new TimedOut(timeout)));
    }

    @Test
    void jobsEndedMeanwhileAreNotComputed() {
        List<ScoringJob> jobs = jobs(1, 2, 3);
        batcher.submit(jobs);
        jobs.get(0).end(new Completion.Cancelled());
        jobs.get(2).end(new Completion.Cancelled());

        batcher.start();

        await(jobs.get(1));
        assertThat(engine.sizes).containsExactly(1);
    }

    @Test
    void stoppingEndsWhatWaitsAndWhatRuns() {
        engine.gated = true;
        List<ScoringJob> jobs = jobs(1, 2, 3, 4, 5);
        batcher.submit(jobs);
        batcher.start();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(engine.sizes).containsExactly(4));

        var stopped = java.util.concurrent.CompletableFuture.supplyAsync(batcher::stop);

        assertThat(end(jobs.getLast())).isEqualTo(new Unavailable("the model was closed"));
        engine.gate.countDown();
        assertThat(stopped.join()).isTrue();
        ScoringJob late = jobs(1).getFirst();
        batcher.submit(List.of(late));
        assertThat(end(late)).isInstanceOf(Unavailable.class);
    }
}
