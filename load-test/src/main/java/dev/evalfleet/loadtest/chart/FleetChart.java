package dev.evalfleet.loadtest.chart;

import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.loadtest.scaling.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Replicas and lag over the time of a run.
public final class FleetChart {
    private static final String WANTED = "#1f6fb4";
    private static final String READY = "#2e9e4f";
    private static final String LAG = "#c0504d";
    private static final int MOST_POINTS = 1_500;

    private FleetChart() {}

    public static String of(String title, FleetReport report) {
        return of(title, report, null);
    }

    /// @param predicted drawn beside what was measured
    public static String of(String title, FleetReport report, @Nullable FleetReport predicted) {
        List<Line> replicas = new ArrayList<>();
        List<Line> lag = new ArrayList<>();
        replicas.add(line("wanted", WANTED, true, false, report, Replicas::wanted));
        replicas.add(line("ready", READY, true, false, report, Replicas::ready));
        lag.add(line("lag", LAG, false, false, report, Replicas::lag));
        if (predicted != null) {
            replicas.add(line("wanted, simulated", WANTED, true, true, predicted, Replicas::wanted));
            replicas.add(line("ready, simulated", READY, true, true, predicted, Replicas::ready));
            lag.add(line("lag, simulated", LAG, false, true, predicted, Replicas::lag));
        }
        return Svg.of(
                title,
                "seconds since the first sample was there",
                List.of(new Panel("workers", replicas), new Panel("lag (samples)", lag)));
    }

    private static Line line(
            String name,
            String colour,
            boolean stepped,
            boolean dashed,
            FleetReport report,
            ToDoubleFunction<Replicas> what) {
        List<Replicas> all = report.timeline();
        int every = Math.max(1, all.size() / MOST_POINTS);
        List<Line.Point> points = new ArrayList<>();
        for (int index = 0; index < all.size(); index++) {
            if (index % every == 0 || index == all.size() - 1) {
                points.add(new Line.Point(all.get(index).seconds(), what.applyAsDouble(all.get(index))));
            }
        }
        return new Line(name, colour, stepped, dashed, points);
    }
}
