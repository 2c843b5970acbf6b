package dev.evalfleet.loadtest.chart;

import java.util.List;

/// A line of a panel.
///
/// @param stepped whether a value holds until the next one
/// @param dashed drawn with gaps, to tell it from another
public record Line(String name, String colour, boolean stepped, boolean dashed, List<Point> points) {

    /// A point of it.
    public record Point(double x, double y) {}

    public Line {
        points = List.copyOf(points);
    }

    double mostX() {
        return points.stream().mapToDouble(Point::x).max().orElse(0);
    }

    double mostY() {
        return points.stream().mapToDouble(Point::y).max().orElse(0);
    }
}
