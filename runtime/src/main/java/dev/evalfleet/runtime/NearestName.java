package dev.evalfleet.runtime;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The name somebody probably meant.
public final class NearestName {
    private NearestName() {}

    /// The known name fewest edits away from what was written, if that is few enough to be a slip.
    public static Optional<String> of(String written, Collection<String> known) {
        int tolerable = Math.max(2, written.length() / 3);
        return known.stream()
                .filter(name -> distance(written, name) <= tolerable)
                .min(Comparator.comparingInt((String name) -> distance(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// `; did you mean X?`, or nothing.
    public static String hint(String written, Collection<String> known) {
        return of(written, known).map(name -> "; did you mean " + name + "?").orElse("");
    }

    // Levenshtein, one row at a time.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
