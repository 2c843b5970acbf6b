package dev.evalfleet.loadtest.chart;

import java.util.List;

/// Lines over a common axis.
///
/// @param title says what is up, with its unit
public record Panel(String title, List<Line> lines) {
    public Panel {
        lines = List.copyOf(lines);
    }
}
