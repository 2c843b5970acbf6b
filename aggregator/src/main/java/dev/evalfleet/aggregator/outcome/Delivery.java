package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.schemas.avro.SampleResult;

/// A result as it came in, and whether the same sample's result had come before.
public record Delivery(SampleResult result, boolean repeated) {}
