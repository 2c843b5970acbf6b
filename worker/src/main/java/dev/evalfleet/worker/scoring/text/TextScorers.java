package dev.evalfleet.worker.scoring.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.metric.BleuScore;
import dev.evalfleet.schemas.metric.ChrfScore;
import dev.evalfleet.schemas.metric.TerScore;
import dev.evalfleet.worker.scoring.Scorer;
import dev.evalfleet.worker.scoring.ScoringException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/// The text metrics as scorers: of the first answer against all targets. As in the harness, options of a task do
/// not change BLEU, chrF and TER.
public final class TextScorers {

    private TextScorers() {}

    public static Scorer.Value bleu(Scorer.Answer answer, JsonNode options) {
        double[] statistics = Bleu.statistics(hypothesis(answer), targets(answer));
        return value(BleuScore.ofSentence(statistics), statistics);
    }

    public static Scorer.Value chrf(Scorer.Answer answer, JsonNode options) {
        double[] statistics = Chrf.statistics(hypothesis(answer), targets(answer));
        return value(ChrfScore.of(statistics), statistics);
    }

    public static Scorer.Value chrfPlusPlus(Scorer.Answer answer, JsonNode options) {
        double[] statistics = Chrf.plusPlusStatistics(hypothesis(answer), targets(answer));
        return value(ChrfScore.of(statistics), statistics);
    }

    public static Scorer.Value ter(Scorer.Answer answer, JsonNode options) {
        double[] statistics = Ter.statistics(hypothesis(answer), targets(answer));
        return value(TerScore.of(statistics[0], statistics[1]), statistics);
    }

    public static Scorer.Value rouge1(Scorer.Answer answer, JsonNode options) {
        Rouge rouge = rouge(options);
        return best(answer, (prediction, target) -> rouge.ofNgrams(1, target, prediction)
                .fmeasure());
    }

    public static Scorer.Value rouge2(Scorer.Answer answer, JsonNode options) {
        Rouge rouge = rouge(options);
        return best(answer, (prediction, target) -> rouge.ofNgrams(2, target, prediction)
                .fmeasure());
    }

    public static Scorer.Value rougeL(Scorer.Answer answer, JsonNode options) {
        Rouge rouge = rouge(options);
        return best(answer, (prediction, target) -> rouge.ofLongestSubsequence(target, prediction)
                .fmeasure());
    }

    public static Scorer.Value tokenF1(Scorer.Answer answer, JsonNode options) {
        return best(answer, TokenF1::of);
    }

    private static Rouge rouge(JsonNode options) {
        return options.path("use_stemmer").asBoolean() ? Rouge.stemmed() : Rouge.plain();
    }

    private static Scorer.Value best(Scorer.Answer answer, ToDoubleBiFunction<String, String> score) {
        String prediction = hypothesis(answer);
        return Scorer.Value.of(targets(answer).stream()
                .mapToDouble(target -> score.applyAsDouble(prediction, target))
                .max()
                .orElse(0));
    }

    private static Scorer.Value value(double value, double[] statistics) {
        return new Scorer.Value(value, Arrays.stream(statistics).boxed().toList());
    }

    private static String hypothesis(Scorer.Answer answer) {
        return answer.filtered().getFirst();
    }

    private static List<String> targets(Scorer.Answer answer) {
        List<String> targets = answer.sample().getTargets();
        if (targets.isEmpty()) {
            throw new ScoringException("no_target", "the metric compares with a target, and the sample has none");
        }
        return targets;
    }
}
