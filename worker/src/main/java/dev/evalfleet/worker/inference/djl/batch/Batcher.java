package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Broken;
import dev.evalfleet.worker.inference.Completion.Unavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects jobs of many callers into batches for the engine, which one thread owns.
///
/// A batch starts when it is full, when as many jobs wait as were lately under way at once, or when the oldest has
/// waited long enough. If it fails it is tried again in halves, so that one bad sample costs only itself.
public final class Batcher {

    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Engine engine;
    private final int maxBatch;
    private final long maxWaitNanos;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    // Jobs queued or computed now, and the most of them since the last batch started.
    private int underWay;
    private List<Job<?>> running = List.of();
    private int lately;
    private boolean closed;

    /// What computes batches, on the thread of the batcher.
    public interface Engine {
        /// Ends every job of the batch that is still open, or throws.
        void run(List<Job<?>> batch);

        /// Whether this job can join that batch.
        boolean fits(Job<?> job, List<Job<?>> batch);
    }

    private record Waiting(Job<?> job, long since) {}

    public Batcher(String name, Engine engine, int maxBatch, Duration maxWait) {
        this.engine = engine;
        this.maxBatch = maxBatch;
        this.maxWaitNanos = maxWait.toNanos();
        this.thread = Thread.ofPlatform().name("djl-" + name).daemon().unstarted(this::run);
    }

    public Batcher start() {
        thread.start();
        return this;
    }

    /// Queues jobs; they end sooner or later, unless their caller ends them first.
    public void submit(Collection<? extends Job<?>> jobs) {
        lock.lock();
        try {
            if (closed) {
                jobs.forEach(job -> job.end(new Unavailable("the model was closed")));
                return;
            }
            long now = System.nanoTime();
            queue.removeIf(waiting -> !waiting.job().open());
            jobs.forEach(job -> queue.add(new Waiting(job, now)));
            underWay += jobs.size();
            lately = Math.max(lately, underWay);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        jobs.forEach(job -> job.whenEnded(this::oneLess));
    }

    private void oneLess() {
        lock.lock();
        try {
            underWay--;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<Job<?>> batch = next(); !batch.isEmpty(); batch = next()) {
                compute(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) { // nobody may wait for a thread that is gone
            LOG.error("The batcher failed, the model is closed", failure);
            close("the thread of the model failed: " + failure);
        }
    }

    /// The next batch; empty when closed.
    private List<Job<?>> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                queue.removeIf(waiting -> !waiting.job().open());
                if (closed) {
                    return List.of();
                }
                if (queue.isEmpty()) {
                    changed.await();
                    continue;
                }
                long patience =
                        maxWaitNanos - (System.nanoTime() - queue.getFirst().since());
                if (queue.size() >= Math.min(maxBatch, lately) || patience <= 0) {
                    lately = underWay;
                    return take();
                }
                changed.await(patience, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Job<?>> take() {
        List<Job<?>> batch = new ArrayList<>();
        running = batch;
        for (var waiting = queue.iterator(); waiting.hasNext() && batch.size() < maxBatch; ) {
            Job<?> job = waiting.next().job();
            if (batch.isEmpty() || engine.fits(job, batch)) {
                batch.add(job);
                waiting.remove();
            }
        }
        return batch;
    }

    private void compute(List<Job<?>> batch) {
        try {
            engine.run(batch);
        } catch (Throwable failure) {
            List<Job<?>> open = batch.stream().filter(Job::open).toList();
            if (open.size() > 1) {
                LOG.warn("Batch failed, trying again in halves rows={} cause={}", open.size(), failure.toString());
                compute(open.subList(0, open.size() / 2));
                compute(open.subList(open.size() / 2, open.size()));
            } else if (open.size() == 1) {
                LOG.warn(
                        "Sample failed in the engine length={}", open.getFirst().length(), failure);
                open.getFirst().end(failed(failure));
            }
        }
    }

    // The machinery's fault, not the model's: tried again, as memory may be free then, and whether the engine computes
    // anything at all is for a probe to find out.
    private static Completion failed(Throwable failure) {
        String cause = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return isOutOfMemory(failure)
                ? new Broken("out_of_memory", "the engine had too little memory for this sample alone: " + cause)
                : new Broken("engine_error", "the engine failed on this sample: " + cause);
    }

    // Native engines say it in words only.
    private static boolean isOutOfMemory(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof OutOfMemoryError
                    || text.contains("out of memory")
                    || text.contains("failed to allocate")
                    || text.contains("bad_alloc")) {
                return true;
            }
        }
        return false;
    }

    /// Ends everything: what waits at once, what runs after its current step.
    ///
    /// @return whether the thread has let go of the engine
    public boolean stop() {
        close("the model was closed");
        try {
            return thread.join(CLOSE_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void close(String why) {
        lock.lock();
        try {
            closed = true;
            var gone = new Unavailable(why);
            queue.forEach(waiting -> waiting.job().end(gone));
            running.forEach(job -> job.end(gone));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
