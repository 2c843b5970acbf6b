package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import java.util.List;

/// One metric on one sample.
@FunctionalInterface
public interface Scorer {

    Value score(Answer answer, JsonNode options);

    /// What is scored: the sample, the model's outputs, and what the filters made of them (empty for log-likelihoods).
    record Answer(Sample sample, List<Output> outputs, List<String> filtered) {}

    /// The value of a metric, with sufficient statistics where the mean is not what is reported.
    record Value(double value, List<Double> statistics) {
        public static Value of(double value) {
            return new Value(value, List.of());
        }

        public static Value of(boolean right) {
            return of(right ? 1.0 : 0.0);
        }
    }
}
