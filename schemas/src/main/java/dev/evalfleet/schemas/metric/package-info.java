/// What workers and aggregator agree on about metrics that are not means: which statistics a sample contributes, in
/// which order, and how the sums of them become the value.
@NullMarked
package dev.evalfleet.schemas.metric;

import org.jspecify.annotations.NullMarked;
