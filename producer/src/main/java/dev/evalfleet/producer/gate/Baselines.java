package dev.evalfleet.producer.gate;

import dev.evalfleet.schemas.avro.Baseline;
import org.jspecify.annotations.Nullable;

/// What is known of runs outside a request that its runs may be compared with.
public interface Baselines {

    /// Nobody was asked: every baseline is taken to exist and to fit, as in a dry run without a fleet.
    Baselines UNCHECKED = _ -> new Answer.Unchecked();

    /// @param baseline of kind RUN or NAME
    /// @throws dev.evalfleet.runtime.UnreachableException when the topics cannot be read for now
    Answer find(Baseline baseline);

    /// What there is to say about a baseline.
    sealed interface Answer {
        record Found(Earlier run) implements Answer {}

        record Unusable(String why) implements Answer {}

        record Unchecked() implements Answer {}
    }

    /// A run that has ended, or what was frozen of it.
    ///
    /// @param name of the frozen baseline; null for a run that is named by its id
    /// @param samples of the run
    /// @param pairs samples that a candidate's can be compared with: all but those the machinery failed on
    record Earlier(
            String runId, @Nullable String name, String task, String datasetFingerprint, long samples, long pairs) {}
}
