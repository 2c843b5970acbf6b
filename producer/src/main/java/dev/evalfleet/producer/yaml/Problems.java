package dev.evalfleet.producer.yaml;

import dev.evalfleet.schemas.avro.Problem;
import java.util.ArrayList;
import java.util.List;

/// Collects everything that is wrong, so that it can be said at once.
public final class Problems {
    private static final int MOST = 200;
    private static final int LONGEST_PLACE = 1_000;
    private static final int LONGEST_MESSAGE = 4_000; // all of them fit into one record, whatever they quote

    private final List<Problem> found = new ArrayList<>();

    public static Problem of(String where, String message) {
        return Problem.newBuilder()
                .setWhere(cut(where, LONGEST_PLACE))
                .setMessage(cut(message, LONGEST_MESSAGE))
                .build();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    public void add(String where, String message) {
        add(of(where, message));
    }

    public void add(Problem problem) {
        if (found.size() < MOST && !found.contains(problem)) {
            found.add(problem);
        }
    }

    public void addAll(List<Problem> problems) {
        problems.forEach(this::add);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public int count() {
        return found.size();
    }

    public List<Problem> list() {
        return List.copyOf(found);
    }
}
