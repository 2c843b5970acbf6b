/// The web page: runs, live scores and samples, read from the topics like any other consumer would.
@NullMarked
package dev.evalfleet.aggregator.dashboard;

import org.jspecify.annotations.NullMarked;
