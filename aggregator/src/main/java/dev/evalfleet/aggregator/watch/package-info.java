/// What is watched of a run while it goes on: intervals, e-processes and gates, folded in the seeded order; the verdict
/// and the alerts that follow from them.
@NullMarked
package dev.evalfleet.aggregator.watch;

import org.jspecify.annotations.NullMarked;
