/// The figures of a completed run: fixed-sample statements, which hold only when the run was not stopped early.
@NullMarked
package dev.evalfleet.aggregator.stats.report;

import org.jspecify.annotations.NullMarked;
