/// Statistics as plain values with plus.
@NullMarked
package dev.evalfleet.aggregator.stats;

import org.jspecify.annotations.NullMarked;
