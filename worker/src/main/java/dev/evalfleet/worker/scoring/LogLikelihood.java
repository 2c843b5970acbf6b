package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.runtime.python.PythonRegex;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Metrics of how likely a text is.
public final class LogLikelihood {

    private static final PythonRegex SPACE = PythonRegex.compile("\\s+");

    private LogLikelihood() {}

    /// Greedy decoding would have given the target.
    static Scorer.Value acc(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(isGreedy(answer, 0));
    }

    /// The log-likelihood of the target; aggregated as exp(-mean).
    static Scorer.Value perplexity(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(of(answer, 0));
    }

    /// Statistics: log-likelihood, number of words as the harness splits them.
    static Scorer.Value perWord(Scorer.Answer answer, JsonNode options) {
        return weighted(of(answer, 0), SPACE.countSplits(text(answer, options)));
    }

    /// Statistics: log-likelihood, number of UTF-8 bytes.
    static Scorer.Value perByte(Scorer.Answer answer, JsonNode options) {
        return weighted(of(answer, 0), text(answer, options).getBytes(StandardCharsets.UTF_8).length);
    }

    private static Scorer.Value weighted(double logLikelihood, int weight) {
        return new Scorer.Value(logLikelihood, List.of(logLikelihood, (double) weight));
    }

    // Counted on the column that the option names, else on the target where the task has one: it may differ from the
    // text the model saw.
    private static String text(Scorer.Answer answer, JsonNode options) {
        if (options.has("column")) {
            return Arguments.ofDocument(answer.sample(), options.path("column").asText())
                    .asText();
        }
        List<String> targets = answer.sample().getTargets();
        return targets.isEmpty() ? answer.sample().getPrompt() : targets.getFirst();
    }

    public static double of(Scorer.Answer answer, int index) {
        Double value = answer.outputs().get(index).getLogLikelihood();
        if (value == null) {
            throw new ScoringException("no_log_likelihood", "output " + index + " has no log-likelihood");
        }
        return value;
    }

    static boolean isGreedy(Scorer.Answer answer, int index) {
        Boolean greedy = answer.outputs().get(index).getIsGreedy();
        if (greedy == null) {
            throw new ScoringException(
                    "greedy_unknown",
                    "the model server does not say which token was the most likely one (top_logprobs), and the metric"
                            + " needs it");
        }
        return greedy;
    }
}
