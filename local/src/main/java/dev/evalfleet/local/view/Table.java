package dev.evalfleet.local.view;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Aligned columns with a heading, for people; machines get JSON.
public final class Table {

    private static final String GAP = "  ";

    private final List<String> headings;
    private final boolean[] numeric;
    private final List<List<String>> rows = new ArrayList<>();

    /// Columns by heading; one that starts with `>` is aligned to the right.
    public Table(String... headings) {
        this.headings = Arrays.stream(headings)
                .map(h -> h.startsWith(">") ? h.substring(1) : h)
                .toList();
        this.numeric = new boolean[headings.length];
        for (int column = 0; column < headings.length; column++) {
            numeric[column] = headings[column].startsWith(">");
        }
    }

    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /// An empty line between groups of rows.
    public Table space() {
        rows.add(List.of());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(PrintWriter out) {
        int[] widths = widths();
        out.println(line(headings, widths));
        out.println(rule(widths));
        rows.forEach(row -> out.println(row.isEmpty() ? "" : line(row, widths)));
        out.flush();
    }

    private int[] widths() {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            int widest = rows.stream()
                    .filter(row -> !row.isEmpty())
                    .mapToInt(row -> row.get(at).length())
                    .max()
                    .orElse(0);
            widths[column] = Math.max(widest, headings.get(column).length());
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            String blanks = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : GAP).append(numeric[column] ? blanks + cell : cell + blanks);
        }
        return line.toString().stripTrailing();
    }

    private static String rule(int[] widths) {
        StringBuilder rule = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            rule.append(column == 0 ? "" : GAP).append("-".repeat(widths[column]));
        }
        return rule.toString();
    }
}
