package dev.evalfleet.worker.scoring;

import static dev.evalfleet.schemas.avro.RequestType.GENERATE_UNTIL;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD_ROLLING;
import static dev.evalfleet.schemas.avro.RequestType.MULTIPLE_CHOICE;

import dev.evalfleet.schemas.avro.RequestType;
import java.util.Map;
import java.util.TreeMap;

/// Every metric by name, for each kind of sample it can score. This is the file to edit to add one.
final class Scorers {

    private static final Map<RequestType, Map<String, Scorer>> BY_TYPE = Map.of(
            GENERATE_UNTIL, Map.of("exact_match", ExactMatch::score),
            MULTIPLE_CHOICE,
                    Map.of(
                            "acc", MultipleChoice::acc,
                            "acc_norm", MultipleChoice::accNorm,
                            "acc_bytes", MultipleChoice::accBytes,
                            "acc_mutual_info", MultipleChoice::accMutualInfo,
                            "exact_match", MultipleChoice::exactMatch),
            LOGLIKELIHOOD, Map.of("acc", LogLikelihood::acc, "perplexity", LogLikelihood::perplexity),
            LOGLIKELIHOOD_ROLLING,
                    Map.of(
                            "word_perplexity", LogLikelihood::perWord,
                            "byte_perplexity", LogLikelihood::perByte,
                            "bits_per_byte", LogLikelihood::perByte));

    private Scorers() {}

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
