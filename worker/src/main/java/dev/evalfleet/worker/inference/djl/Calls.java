package dev.evalfleet.worker.inference.djl;

import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.djl.batch.Batcher;
import dev.evalfleet.worker.inference.djl.batch.Job;
import dev.evalfleet.worker.inference.djl.batch.Job.Reply.Ended;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands the jobs of a call to the batcher and waits for them: until they are answered, the call is cancelled or the
/// time is over. Never longer, whatever the engine does.
final class Calls {

    private final Batcher batcher;
    private final Duration timeout;

    Calls(Batcher batcher, Duration timeout) {
        this.batcher = batcher;
        this.timeout = timeout;
    }

    /// @return null when all jobs were answered, else how the call ended
    @Nullable
    Completion ask(Collection<? extends Job<?>> jobs, Cancellation cancellation) {
        List<? extends Job<?>> all = List.copyOf(jobs);
        long deadline = System.nanoTime() + timeout.toNanos();
        Runnable giveUp = () -> all.forEach(job -> job.end(new Completion.Cancelled()));
        try (var _ = cancellation.onRequest(giveUp)) {
            batcher.submit(all);
            for (Job<?> job : all) {
                if (job.await(deadline, timeout) instanceof Ended<?>(Completion how)) {
                    giveUp.run();
                    return how;
                }
            }
            return null;
        }
    }

    Duration timeout() {
        return timeout;
    }
}
