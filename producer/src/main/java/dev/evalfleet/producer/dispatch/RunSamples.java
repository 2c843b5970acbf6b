package dev.evalfleet.producer.dispatch;

import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;

/// The samples of one run, rendered on demand from its spool. Used by one thread at a time.
public interface RunSamples extends AutoCloseable {
    RunPlan plan();

    /// The sample at a position of the seeded order, from 0.
    ///
    /// @throws java.io.UncheckedIOException when the spool cannot be read: it is opened again and the position is
    ///     asked for again. Any other exception concerns this position only, and gives it up.
    Sample at(long position);

    @Override
    void close();
}
