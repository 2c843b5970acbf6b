package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.metric.Confusion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Metrics of which choice was taken for which, and of how probable each was.
final class ChoiceStatistics {

    private ChoiceStatistics() {}

    /// f1 and mcc. Value: right or wrong.
    static Scorer.Value confusion(Scorer.Answer answer, JsonNode options) {
        int choices = MultipleChoice.choices(answer);
        if (choices > Confusion.MOST_CLASSES) {
            throw new ScoringException(
                    "too_many_choices",
                    "f1 and mcc count up to " + Confusion.MOST_CLASSES + " classes, and the sample has " + choices
                            + " choices");
        }
        int gold = gold(answer, choices);
        int taken = MultipleChoice.mostLikely(answer);
        List<Double> statistics =
                Arrays.stream(Confusion.statistics(gold, taken)).boxed().toList();
        return new Scorer.Value(gold == taken ? 1 : 0, statistics);
    }

    /// Squared distance between the probabilities of the choices and the truth.
    static Scorer.Value brierScore(Scorer.Answer answer, JsonNode options) {
        double[] probabilities = probabilities(answer);
        int gold = gold(answer, probabilities.length);
        if (gold == Confusion.OUTSIDE) {
            throw new ScoringException("no_gold", "brier_score needs a right choice, and the sample has none");
        }
        return Scorer.Value.of(IntStream.range(0, probabilities.length)
                .mapToDouble(i -> Math.pow(probabilities[i] - (i == gold ? 1 : 0), 2))
                .sum());
    }

    /// How probable the right choices are together (TruthfulQA's mc2). Which are right is said by the document's
    /// column `labels` where the option names one, with 1 for right; else by the sample.
    static Scorer.Value rightMass(Scorer.Answer answer, JsonNode options) {
        double[] probabilities = probabilities(answer);
        return Scorer.Value.of(right(answer, options).stream()
                .filter(gold -> gold >= 0 && gold < probabilities.length)
                .distinct()
                .mapToDouble(gold -> probabilities[gold])
                .sum());
    }

    private static List<Integer> right(Scorer.Answer answer, JsonNode options) {
        if (!options.has("labels")) {
            return answer.sample().getGoldChoices();
        }
        JsonNode labels =
                Arguments.ofDocument(answer.sample(), options.path("labels").asText());
        return IntStream.range(0, labels.size())
                .filter(i -> labels.get(i).asDouble() == 1)
                .boxed()
                .toList();
    }

    private static int gold(Scorer.Answer answer, int choices) {
        List<Integer> golds = answer.sample().getGoldChoices();
        if (golds.size() > 1) {
            throw new ScoringException(
                    "several_golds", "the metric needs one right choice, and the sample has " + golds.size());
        }
        int gold = golds.isEmpty() ? Confusion.OUTSIDE : golds.getFirst();
        return gold >= 0 && gold < choices ? gold : Confusion.OUTSIDE;
    }

    private static double[] probabilities(Scorer.Answer answer) {
        double[] logs = IntStream.range(0, MultipleChoice.choices(answer))
                .mapToDouble(i -> LogLikelihood.of(answer, i))
                .toArray();
        double largest = Arrays.stream(logs).max().orElse(0);
        double sum = Arrays.stream(logs).map(log -> Math.exp(log - largest)).sum();
        return Arrays.stream(logs).map(log -> Math.exp(log - largest) / sum).toArray();
    }
}
