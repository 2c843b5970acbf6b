package dev.evalfleet.worker.scoring;

import static dev.evalfleet.schemas.avro.RequestType.GENERATE_UNTIL;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD_ROLLING;
import static dev.evalfleet.schemas.avro.RequestType.MULTIPLE_CHOICE;

import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.worker.scoring.answer.AnswerScorers;
import dev.evalfleet.worker.scoring.answer.ChoiceScorers;
import dev.evalfleet.worker.scoring.answer.TruthfulAnswer;
import dev.evalfleet.worker.scoring.text.TextScorers;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Every metric by name, for each kind of sample it can score. This is the file to edit to add one.
final class Scorers {

    private static final Map<RequestType, Map<String, Scorer>> BY_TYPE = Map.of(
            GENERATE_UNTIL, onGeneratedText(),
            MULTIPLE_CHOICE, onChoices(),
            LOGLIKELIHOOD, Map.of("acc", LogLikelihood::acc, "perplexity", LogLikelihood::perplexity),
            LOGLIKELIHOOD_ROLLING,
                    Map.of(
                            "word_perplexity", LogLikelihood::perWord,
                            "byte_perplexity", LogLikelihood::perByte,
                            "bits_per_byte", LogLikelihood::perByte));

    private Scorers() {}

    private static Map<String, Scorer> onChoices() {
        Map<String, Scorer> scorers = new HashMap<>();
        scorers.put("acc", MultipleChoice::acc);
        scorers.put("acc_norm", MultipleChoice::accNorm);
        scorers.put("acc_bytes", MultipleChoice::accBytes);
        scorers.put("acc_mutual_info", MultipleChoice::accMutualInfo);
        scorers.put("exact_match", MultipleChoice::exactMatch);
        scorers.put("f1", ChoiceStatistics::confusion);
        scorers.put("mcc", ChoiceStatistics::confusion);
        scorers.put("brier_score", ChoiceStatistics::brierScore);
        scorers.put("mc2", ChoiceStatistics::rightMass);
        scorers.put("record_em", ChoiceScorers::recordExact);
        scorers.put("record_f1", ChoiceScorers::recordF1);
        scorers.put("pct_stereotype", ChoiceScorers::stereotype);
        scorers.put("likelihood_diff", ChoiceScorers::distance);
        return Map.copyOf(scorers);
    }

    private static Map<String, Scorer> onGeneratedText() {
        Map<String, Scorer> scorers = new HashMap<>();
        scorers.put("exact_match", ExactMatch::score);
        scorers.put("accuracy", ExactMatch::label);
        scorers.put("f1", ExactMatch::label);
        scorers.put("bleu", TextScorers::bleu);
        scorers.put("chrf", TextScorers::chrf);
        scorers.put("chrf++", TextScorers::chrfPlusPlus);
        scorers.put("ter", TextScorers::ter);
        scorers.put("rouge1", TextScorers::rouge1);
        scorers.put("rouge2", TextScorers::rouge2);
        scorers.put("rougeL", TextScorers::rougeL);
        scorers.put("token_f1", TextScorers::tokenF1);
        scorers.put("pass_at_k", ExactMatch::passAtK);
        scorers.put("math_answer", AnswerScorers::math);
        scorers.put("drop_em", AnswerScorers::dropExact);
        scorers.put("drop_f1", AnswerScorers::dropF1);
        scorers.put("squad_em", AnswerScorers::squadExact);
        scorers.put("squad_f1", AnswerScorers::squadF1);
        scorers.put("truthful", TruthfulAnswer::score);
        scorers.put("mlqa_em", AnswerScorers::mlqaExact);
        scorers.put("mlqa_f1", AnswerScorers::mlqaF1);
        return Map.copyOf(scorers);
    }

    static Scorer of(RequestType type, String metric) {
        Map<String, Scorer> known = BY_TYPE.getOrDefault(type, Map.of());
        Scorer scorer = known.get(metric);
        if (scorer == null) {
            throw new ScoringException(
                    "unknown_metric",
                    "metric '" + metric + "' is not known to this worker for " + type + " samples; it knows "
                            + String.join(", ", new TreeMap<>(known).keySet()));
        }
        return scorer;
    }
}
