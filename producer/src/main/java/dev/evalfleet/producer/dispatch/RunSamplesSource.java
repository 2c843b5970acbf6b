package dev.evalfleet.producer.dispatch;

import dev.evalfleet.schemas.avro.RunPlan;

/// Where the samples of a run come from: everything needed to render them again stands in its plan.
///
/// Called from one thread, which is not the one that reads the samples; may take as long as reading the dataset takes.
@FunctionalInterface
public interface RunSamplesSource {

    /// Opens the spool of a run, rebuilding it where it is gone and checking its fingerprint.
    RunSamples open(RunPlan plan) throws SpoolException;
}
