package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.Prefix;
import java.util.List;

/// A model as the batcher sees it. One batch holds jobs of one kind.
public final class ModelEngine implements Batcher.Engine {

    // What the caches of one batch may take of the memory.
    private static final long MOST_CACHE_BYTES = 1L << 30;

    private final CausalModel model;
    private final DecodeLoop decodeLoop;
    private final ScoringPass scoringPass;

    public ModelEngine(CausalModel model) {
        this.model = model;
        this.decodeLoop = new DecodeLoop(model);
        this.scoringPass = new ScoringPass(model);
    }

    @Override
    public void run(List<Job<?>> batch) {
        List<Job<?>> open = batch.stream().filter(Job::open).toList();
        if (open.isEmpty()) {
            return;
        }
        switch (open.getFirst()) {
            case GenerationJob _ -> decodeLoop.run(all(open, GenerationJob.class));
            case ScoringJob _ -> scoringPass.run(all(open, ScoringJob.class));
        }
    }

    private static <J extends Job<?>> List<J> all(List<Job<?>> batch, Class<J> kind) {
        return batch.stream().map(kind::cast).toList();
    }

    @Override
    public boolean fits(Job<?> job, List<Job<?>> batch) {
        Job<?> first = batch.getFirst();
        if (job.getClass() != first.getClass() || (!model.pads() && job.length() != first.length())) {
            return false;
        }
        int longest = job.length();
        int most = job.width() - job.length();
        for (Job<?> other : batch) {
            longest = Math.max(longest, other.length());
            most = Math.max(most, other.width() - other.length());
        }
        long rows = batch.size() + 1L;
        long width = (long) longest + most;
        return width <= model.config().maxContext()
                && (model.caches()
                        ? rows * width * model.cacheBytesPerToken() <= MOST_CACHE_BYTES
                        : rows * width * model.vocabulary() <= Prefix.MOST_LOGITS);
    }
}
