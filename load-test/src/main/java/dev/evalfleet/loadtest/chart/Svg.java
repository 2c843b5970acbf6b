package dev.evalfleet.loadtest.chart;

import java.util.List;
import java.util.Locale;

/// Panels above each other with one axis to the right, as an SVG document that any browser shows.
final class Svg {
    private static final int WIDTH = 860;
    private static final int LEFT = 64;
    private static final int RIGHT = 20;
    private static final int TOP = 44;
    private static final int PANEL = 190;
    private static final int GAP = 48;
    private static final int MOST_TICKS = 7;

    private final StringBuilder text = new StringBuilder();
    private final double mostX;

    private Svg(double mostX) {
        this.mostX = mostX;
    }

    static String of(String title, String xLabel, List<Panel> panels) {
        double most = panels.stream()
                .flatMap(panel -> panel.lines().stream())
                .mapToDouble(Line::mostX)
                .max()
                .orElse(1);
        Svg svg = new Svg(Math.max(most, 1e-9));
        int height = TOP + panels.size() * (PANEL + GAP) + 4;
        svg.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                WIDTH, height);
        svg.label(LEFT, 20, "start", "font-size=\"15\"", title);
        for (int number = 0; number < panels.size(); number++) {
            svg.panel(panels.get(number), TOP + number * (PANEL + GAP));
        }
        svg.label(WIDTH - RIGHT, height - 6, "end", "", xLabel);
        return svg.add("</svg>\n").text.toString();
    }

    private void panel(Panel panel, int top) {
        double mostY = panel.lines().stream().mapToDouble(Line::mostY).max().orElse(1);
        double step = step(Math.max(mostY, 1e-9));
        double ceiling = Math.max(step, Math.ceil(mostY / step) * step);
        label(LEFT, top + 4, "start", "font-weight=\"bold\"", panel.title());
        int floor = top + PANEL;
        for (double value = 0; value <= ceiling * 1.0001; value += step) {
            double y = y(value, ceiling, floor);
            add("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT, y, WIDTH - RIGHT);
            label(LEFT - 6, y + 4, "end", "", number(value));
        }
        double stepX = step(mostX);
        for (double value = 0; value <= mostX * 1.0001; value += stepX) {
            label(x(value), floor + 16, "middle", "", number(value));
        }
        double legend = LEFT + 10.0 * panel.title().length() * 0.75 + 24;
        for (Line line : panel.lines()) {
            line(line, ceiling, floor);
            String dash = line.dashed() ? " stroke-dasharray=\"5 4\"" : "";
            add("<path d=\"M%.1f %dh22\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", legend, top, line.colour(), dash);
            label(legend + 26, top + 4, "start", "", line.name());
            legend += 46 + line.name().length() * 6.6;
        }
    }

    private void line(Line line, double ceiling, int floor) {
        StringBuilder path = new StringBuilder();
        double lastY = Double.NaN;
        for (Line.Point point : line.points()) {
            double y = y(point.y(), ceiling, floor);
            if (line.stepped() && !Double.isNaN(lastY)) {
                path.append(String.format(Locale.ROOT, "L%.1f %.1f", x(point.x()), lastY));
            }
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(point.x()), y));
            lastY = y;
        }
        String dash = line.dashed() ? " stroke-dasharray=\"5 4\"" : "";
        add(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s/>\n",
                path.toString(), line.colour(), dash);
    }

    private double x(double value) {
        return LEFT + value / mostX * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double ceiling, int floor) {
        return floor - value / ceiling * (PANEL - 22);
    }

    // 1, 2 or 5 times a power of ten.
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most / MOST_TICKS)));
        for (int factor : new int[] {1, 2, 5}) {
            if (most / (power * factor) <= MOST_TICKS) {
                return power * factor;
            }
        }
        return power * 10;
    }

    private static String number(double value) {
        return value >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private void label(double x, double y, String anchor, String style, String words) {
        String escaped = words.replace("&", "&amp;").replace("<", "&lt;");
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>\n", x, y, anchor, style, escaped);
    }

    private Svg add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
        return this;
    }
}
