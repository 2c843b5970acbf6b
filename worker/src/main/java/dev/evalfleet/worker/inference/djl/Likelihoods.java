package dev.evalfleet.worker.inference.djl;

import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Completion.Refused;
import dev.evalfleet.worker.inference.Completion.Unsupported;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.djl.batch.ScoringJob;
import dev.evalfleet.worker.inference.djl.batch.ScoringJob.Likelihood;
import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.TokenSplit;
import java.nio.LongBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Says how likely texts are. A context too long for the model loses its beginning, as with lm-eval.
final class Likelihoods {

    private final CausalModel model;
    private final Calls calls;

    Likelihoods(CausalModel model, Calls calls) {
        this.model = model;
        this.calls = calls;
    }

    /// One output for each question.
    Completion each(List<Question> questions, Cancellation cancellation) {
        long start = System.nanoTime();
        return score(questions.stream().map(model.tokenizer()::split).toList(), false, start, cancellation);
    }

    /// One output for the whole text, in as many windows as it takes.
    Completion rolling(String text, Cancellation cancellation) {
        long start = System.nanoTime();
        return score(model.tokenizer().windows(text, model.config().maxContext()), true, start, cancellation);
    }

    private Completion score(List<TokenSplit> splits, boolean summed, long start, Cancellation cancellation) {
        Map<LongBuffer, ScoringJob> jobs = new LinkedHashMap<>();
        List<Supplier<Likelihood>> answers = new ArrayList<>();
        long tokens = 0;
        for (TokenSplit split : splits) {
            Completion refusal = refusal(split);
            if (refusal != null) {
                return refusal;
            }
            // Choices of one token differ in nothing that is fed: they share a row.
            long[] input = split.input(model.config().maxContext());
            ScoringJob job = jobs.computeIfAbsent(LongBuffer.wrap(input), _ -> new ScoringJob(input));
            int place = job.ask(split.continuation());
            answers.add(() -> job.answered().get(place));
            tokens += split.contextLength() + split.continuationLength();
        }
        Completion failure = calls.ask(jobs.values(), cancellation);
        if (failure != null) {
            return failure;
        }
        List<Likelihood> each = answers.stream().map(Supplier::get).toList();
        List<Likelihood> asked = summed ? List.of(sum(each)) : each;
        return new Answered(
                asked.stream().map(Likelihoods::output).toList(),
                tokens,
                0,
                Duration.ofNanos(System.nanoTime() - start),
                null,
                null);
    }

    private @Nullable Completion refusal(TokenSplit split) {
        int most = model.config().maxContext();
        if (split.contextLength() == 0) {
            return new Unsupported(
                    "the context is empty and the model " + model.name() + " has no start token to stand for it");
        }
        if (split.continuationLength() == 0) {
            return new Refused("empty_continuation", "the continuation has no tokens of its own");
        }
        if (split.continuationLength() > most) {
            return new Refused(
                    "context_length",
                    "the continuation has " + split.continuationLength() + " tokens, the model can see " + most);
        }
        return null;
    }

    private static Likelihood sum(List<Likelihood> parts) {
        return new Likelihood(
                parts.stream().mapToDouble(Likelihood::logProbability).sum(),
                parts.stream().allMatch(Likelihood::greedy));
    }

    private static Output output(Likelihood likelihood) {
        return Output.newBuilder()
                .setLogLikelihood(likelihood.logProbability())
                .setIsGreedy(likelihood.greedy())
                .build();
    }
}
