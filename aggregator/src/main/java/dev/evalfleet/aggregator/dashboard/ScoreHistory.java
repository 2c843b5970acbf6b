package dev.evalfleet.aggregator.dashboard;

import java.util.ArrayList;
import java.util.List;

/// How a score developed, in a bounded number of points: when there are too many, every second one goes.
final class ScoreHistory {

    private static final int MOST_POINTS = 400;

    /// @param n samples in the score
    /// @param value the score
    /// @param lower lower end of its interval, NaN without one
    /// @param upper upper end of its interval, NaN without one
    record Point(long n, double value, double lower, double upper) {}

    private final List<Point> points = new ArrayList<>();
    private long stride = 1;

    void add(Point point) {
        if (!points.isEmpty() && point.n() < points.getLast().n() + stride) {
            return;
        }
        points.add(point);
        if (points.size() > MOST_POINTS) {
            for (int i = points.size() - 2; i > 0; i -= 2) {
                points.remove(i);
            }
            stride = Math.max(stride * 2, point.n() / MOST_POINTS);
        }
    }

    List<Point> points() {
        return List.copyOf(points);
    }
}
