/// What the samples of a run came to, by metric and slice, and what the plan says about it.
@NullMarked
package dev.evalfleet.aggregator.tally;

import org.jspecify.annotations.NullMarked;
