package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.Completion.Refused;
import dev.evalfleet.worker.inference.djl.batch.GenerationJob.Text;
import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.EmergingText;

/// One text while it is generated: which token comes next, and whether it was the last.
final class Sequence {

    private final GenerationJob job;
    private final Sampler sampler;
    private final EmergingText text;
    private int tokens;
    private long last;
    private long firstTokenAt;

    Sequence(GenerationJob job, CausalModel model) {
        this.job = job;
        this.sampler = new Sampler(job.params(), job.seed());
        this.text = new EmergingText(model.tokenizer(), job.params().getUntil());
    }

    boolean open() {
        return job.open();
    }

    /// The token to feed next.
    long last() {
        return last;
    }

    /// Goes on by one token. The job ends with the last one.
    void advance(float[] logits) {
        int token = sampler.next(logits);
        if (token < 0) {
            job.end(new Refused(
                    "not_a_number", "the model gives no finite logits for token " + (tokens + 1) + " of its answer"));
            return;
        }
        last = token;
        tokens++;
        if (tokens == 1) {
            firstTokenAt = System.nanoTime();
        }
        if (job.ends().contains(last) || text.add(last)) {
            finish("stop");
        } else if (tokens == job.mostTokens()) {
            finish("length");
        }
    }

    private void finish(String reason) {
        job.answer(new Text(text.text(), reason, tokens, firstTokenAt));
    }
}
