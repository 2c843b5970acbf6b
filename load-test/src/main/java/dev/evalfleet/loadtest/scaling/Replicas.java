package dev.evalfleet.loadtest.scaling;

/// How many there were from a moment on.
///
/// @param seconds since the request
/// @param wanted replicas the target asked for
/// @param ready workers that were reading
/// @param lag as the trigger counts it
public record Replicas(double seconds, int wanted, int ready, long lag) {}
