/// A fleet of any size as discrete events: dispatcher, partitions, workers that come, drain and are evicted, and the
/// autoscaler of [dev.evalfleet.loadtest.scaling]. Deterministic: the same model and seed give the same figures.
@NullMarked
package dev.evalfleet.loadtest.simulate;

import org.jspecify.annotations.NullMarked;
