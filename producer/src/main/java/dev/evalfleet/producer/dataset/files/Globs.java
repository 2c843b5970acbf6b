package dev.evalfleet.producer.dataset.files;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// File patterns as data_files knows them: `*` and `?` inside a name, `**` across folders, `[0-9]` for one character.
/// A pattern comes with a request: matching takes time in proportion to its length and the path's, whatever it holds.
public final class Globs {
    private static final int SLASH = '/';

    /// One part of a pattern: from the places in the path where the parts before it may end to those where it may end.
    @FunctionalInterface
    private interface Part {
        boolean[] ends(boolean[] starts, int[] path);
    }

    private Globs() {}

    static boolean isPattern(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0 || path.indexOf('[') >= 0;
    }

    /// Those of the paths that match, in their order; a path that equals the pattern matches whatever is in it.
    public static List<String> matching(String pattern, List<String> paths) {
        List<Part> parts = parts(pattern);
        return paths.stream()
                .filter(path ->
                        path.equals(pattern) || matches(parts, path.codePoints().toArray()))
                .toList();
    }

    private static boolean matches(List<Part> parts, int[] path) {
        boolean[] places = new boolean[path.length + 1];
        places[0] = true;
        for (Part part : parts) {
            places = part.ends(places, path);
        }
        return places[path.length];
    }

    private static List<Part> parts(String glob) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < glob.length(); i++) {
            int at = glob.codePointAt(i);
            if (glob.startsWith("**/", i)) {
                parts.add(Globs::folders);
                i += 2;
            } else if (glob.startsWith("**", i)) {
                parts.add((starts, path) -> any(starts, path, _ -> true));
                i++;
            } else if (at == '*') {
                parts.add((starts, path) -> any(starts, path, c -> c != SLASH));
            } else if (at == '?') {
                parts.add((starts, path) -> one(starts, path, c -> c != SLASH));
            } else if (at == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                Predicate<String> set = set(glob.substring(i + 1, end));
                parts.add((starts, path) -> one(starts, path, c -> set.test(Character.toString(c))));
                i = end;
            } else {
                parts.add((starts, path) -> one(starts, path, c -> c == at));
                i += Character.charCount(at) - 1;
            }
        }
        return parts;
    }

    private static Predicate<String> set(String inside) {
        String escaped = inside.replace("\\", "\\\\").replace("[", "\\[").replace("&&", "&");
        return Pattern.compile("[" + (escaped.startsWith("!") ? "^" + escaped.substring(1) : escaped) + "]")
                .asMatchPredicate();
    }

    private static boolean[] one(boolean[] starts, int[] path, IntPredicate which) {
        boolean[] ends = new boolean[starts.length];
        for (int i = 0; i < path.length; i++) {
            ends[i + 1] = starts[i] && which.test(path[i]);
        }
        return ends;
    }

    private static boolean[] any(boolean[] starts, int[] path, IntPredicate which) {
        boolean[] ends = starts.clone();
        for (int i = 0; i < path.length; i++) {
            ends[i + 1] |= ends[i] && which.test(path[i]);
        }
        return ends;
    }

    // No folder, or all up to some slash.
    private static boolean[] folders(boolean[] starts, int[] path) {
        boolean[] ends = starts.clone();
        boolean begun = false;
        for (int i = 0; i < path.length; i++) {
            begun |= starts[i];
            ends[i + 1] |= begun && path[i] == SLASH;
        }
        return ends;
    }
}
