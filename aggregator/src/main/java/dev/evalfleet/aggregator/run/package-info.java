/// One run as the aggregator sees it: progress, positions, tallies, and what is reported of them.
@NullMarked
package dev.evalfleet.aggregator.run;

import org.jspecify.annotations.NullMarked;
