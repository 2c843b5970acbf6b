/// Measures how often our own statistics raise a false alarm, and how soon they notice a true one.
@NullMarked
package dev.evalfleet.aggregator.stats.simulation;

import org.jspecify.annotations.NullMarked;
