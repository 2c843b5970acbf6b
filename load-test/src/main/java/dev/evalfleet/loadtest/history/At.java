package dev.evalfleet.loadtest.history;

import java.time.Instant;

/// A record as it stood on its topic.
///
/// @param at the record's timestamp
public record At<V>(String key, V value, int partition, long offset, Instant at) {}
