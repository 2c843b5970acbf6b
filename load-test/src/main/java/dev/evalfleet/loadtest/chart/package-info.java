/// Plots as SVG files.
@NullMarked
package dev.evalfleet.loadtest.chart;

import org.jspecify.annotations.NullMarked;
