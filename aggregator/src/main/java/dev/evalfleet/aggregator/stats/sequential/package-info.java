/// Statistics that may be looked at after every sample: betting e-processes for decisions, a confidence sequence for
/// display, gates built from them, and what to do when there are many of them. All fold samples in an order that was
/// fixed before the run, never in arrival order.
@NullMarked
package dev.evalfleet.aggregator.stats.sequential;

import org.jspecify.annotations.NullMarked;
