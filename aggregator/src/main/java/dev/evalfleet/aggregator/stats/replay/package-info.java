/// Recomputes vector files of the statistics with our own code, so that anyone can compare it with another reference.
@NullMarked
package dev.evalfleet.aggregator.stats.replay;

import org.jspecify.annotations.NullMarked;
