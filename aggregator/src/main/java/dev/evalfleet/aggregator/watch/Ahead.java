package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import org.jspecify.annotations.Nullable;

/// What is known of a position ahead of the prefix, while a hole before it is open.
public record Ahead(long position, @Nullable Sample sample, @Nullable Answer baseline) {}
