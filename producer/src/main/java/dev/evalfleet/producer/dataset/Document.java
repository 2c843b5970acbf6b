package dev.evalfleet.producer.dataset;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row of a dataset. Whole numbers are `Long`, fractions `Double`, nested values lists and maps.
///
/// @param line where it was read, from 1; for messages
public record Document(Map<String, @Nullable Object> values, long line) {}
