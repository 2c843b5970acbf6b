package dev.evalfleet.worker.inference.djl;

import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Completion.Refused;
import dev.evalfleet.worker.inference.Completion.Unsupported;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.djl.batch.GenerationJob;
import dev.evalfleet.worker.inference.djl.batch.Sampler;
import dev.evalfleet.worker.inference.djl.model.CausalModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Generates texts. A prompt that leaves no room for its answer loses its beginning, as with lm-eval.
final class Generations {

    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    private final CausalModel model;
    private final Calls calls;
    private final int maxNewTokens;
    private final AtomicBoolean truncated = new AtomicBoolean();

    Generations(CausalModel model, Calls calls, int maxNewTokens) {
        this.model = model;
        this.calls = calls;
        this.maxNewTokens = maxNewTokens;
    }

    Completion generate(Generation request, Cancellation cancellation) {
        long start = System.nanoTime();
        GenerationParams params = request.params();
        String refusal = request.messages().isEmpty() ? Sampler.refusal(params) : noChat();
        if (refusal != null) {
            return new Unsupported(refusal);
        }
        long[] prompt = prompt(request.prompt());
        if (prompt.length == 0) {
            return new Unsupported(
                    "the prompt is empty and the model " + model.name() + " has no start token to stand for it");
        }
        int context = model.config().maxContext();
        int most = mostTokens(params, prompt.length);
        if (most < 1 || most >= context) {
            return new Refused(
                    "context_length",
                    "asked for " + most + " tokens, but prompt and answer share the " + context
                            + " tokens the model can see; set max_gen_toks between 1 and " + (context - 1));
        }
        long seed = params.getSeed() == null ? ThreadLocalRandom.current().nextLong() : params.getSeed();
        var job = new GenerationJob(lastOf(prompt, context - most), most, params, ends(params), seed);
        Completion failure = calls.ask(List.of(job), cancellation);
        return failure == null ? answer(job, start) : failure;
    }

    private String noChat() {
        return model.config().chatTemplate()
                ? "the djl backend does not render chat templates, not even the one of " + model.name()
                        + "; ask without a chat template, or serve the model with an OpenAI-compatible server"
                : "the model " + model.name() + " has no chat template; ask without one";
    }

    private long[] prompt(String text) {
        long[] prompt = model.tokenizer().encode(text);
        long startToken = model.config().startToken();
        return prompt.length == 0 && startToken >= 0 ? new long[] {startToken} : prompt;
    }

    // Where the sample does not say, at least half of what the model can see is left to the prompt.
    private int mostTokens(GenerationParams params, int prompt) {
        int context = model.config().maxContext();
        return params.getMaxTokens() == null
                ? Math.min(maxNewTokens, Math.max(context / 2, context - prompt))
                : params.getMaxTokens();
    }

    private long[] lastOf(long[] prompt, int room) {
        if (prompt.length <= room) {
            return prompt;
        }
        if (truncated.compareAndSet(false, true)) {
            LOG.warn(
                    "Prompts too long for the model lose their beginning model={} tokens={} kept={}",
                    model.name(),
                    prompt.length,
                    room);
        }
        return Arrays.copyOfRange(prompt, prompt.length - room, prompt.length);
    }

    // Decoding leaves special tokens out: as stop strings they would never be seen in the text.
    private Set<Long> ends(GenerationParams params) {
        Set<Long> ends = new HashSet<>(model.config().endTokens());
        params.getUntil().forEach(stop -> ends.add(model.tokenizer().special(stop)));
        return ends;
    }

    private static Answered answer(GenerationJob job, long start) {
        GenerationJob.Text text = job.answered();
        Output output = Output.newBuilder()
                .setText(text.text())
                .setFinishReason(text.finishReason())
                .build();
        return new Answered(
                List.of(output),
                job.length(),
                text.tokens(),
                Duration.ofNanos(System.nanoTime() - start),
                Duration.ofNanos(text.firstTokenAt() - start),
                null);
    }
}
