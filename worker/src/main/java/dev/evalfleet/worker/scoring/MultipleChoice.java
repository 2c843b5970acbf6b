package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/// The most likely choice is a right one. Lengths are those of the choices alone, without delimiter.
public final class MultipleChoice {

    private MultipleChoice() {}

    static Scorer.Value acc(Scorer.Answer answer, JsonNode options) {
        return chosen(answer, i -> logLikelihood(answer, i));
    }

    static Scorer.Value accNorm(Scorer.Answer answer, JsonNode options) {
        List<String> choices = answer.sample().getChoices();
        return chosen(answer, i -> logLikelihood(answer, i) / PythonText.length(choices.get(i)));
    }

    static Scorer.Value accBytes(Scorer.Answer answer, JsonNode options) {
        List<String> choices = answer.sample().getChoices();
        return chosen(answer, i -> logLikelihood(answer, i) / choices.get(i).getBytes(StandardCharsets.UTF_8).length);
    }

    /// How much the context raises each choice: the unconditional questions follow the others.
    static Scorer.Value accMutualInfo(Scorer.Answer answer, JsonNode options) {
        int choices = answer.sample().getChoices().size();
        if (answer.outputs().size() != 2 * choices) {
            throw new ScoringException(
                    "no_unconditional",
                    "acc_mutual_info needs " + 2 * choices + " log-likelihoods for " + choices
                            + " choices, and there are " + answer.outputs().size());
        }
        return chosen(answer, i -> logLikelihood(answer, i) - logLikelihood(answer, choices + i));
    }

    /// Every token of a right choice was the most likely one.
    static Scorer.Value exactMatch(Scorer.Answer answer, JsonNode options) {
        int choices = choices(answer);
        return Scorer.Value.of(answer.sample().getGoldChoices().stream()
                .anyMatch(gold -> gold >= 0 && gold < choices && LogLikelihood.isGreedy(answer, gold)));
    }

    /// Index of the most likely choice.
    public static int mostLikely(Scorer.Answer answer) {
        return argMax(choices(answer), i -> logLikelihood(answer, i));
    }

    private static Scorer.Value chosen(Scorer.Answer answer, IntToDoubleFunction value) {
        return Scorer.Value.of(answer.sample().getGoldChoices().contains(argMax(choices(answer), value)));
    }

    static int choices(Scorer.Answer answer) {
        int choices = answer.sample().getChoices().size();
        if (choices == 0 || answer.outputs().size() < choices) {
            throw new ScoringException(
                    "too_few_outputs",
                    choices + " choices need as many log-likelihoods, and there are "
                            + answer.outputs().size());
        }
        return choices;
    }

    // As NumPy: the first of equal values; a value that is not a number counts as largest.
    private static int argMax(int size, IntToDoubleFunction value) {
        int best = 0;
        for (int i = 0; i < size; i++) {
            double v = value.applyAsDouble(i);
            if (Double.isNaN(v)) {
                return i;
            }
            if (v > value.applyAsDouble(best)) {
                best = i;
            }
        }
        return best;
    }

    private static double logLikelihood(Scorer.Answer answer, int index) {
        return LogLikelihood.of(answer, index);
    }
}
