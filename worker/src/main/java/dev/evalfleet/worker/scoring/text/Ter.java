package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Statistics of the translation edit rate: edits, of which moving some words at once is one; mean length of the
/// references. A port of sacrebleu's TER with its default options (lower case, nothing else normalised), which
/// follows Tercom (Snover et al. 2006).
public final class Ter {

    private Ter() {}

    /// The fewest edits that turn the hypothesis into one of the references.
    public static double[] statistics(String hypothesis, List<String> references) {
        Map<String, Integer> vocabulary = new HashMap<>();
        int[] words = words(hypothesis, vocabulary);
        int edits = Integer.MAX_VALUE;
        double lengths = 0;
        for (String reference : references) {
            int[] wanted = words(reference, vocabulary);
            edits = Math.min(edits, edits(words, wanted));
            lengths += wanted.length;
        }
        return new double[] {edits, lengths / references.size()};
    }

    private static int[] words(String text, Map<String, Integer> vocabulary) {
        return Words.of(PythonText.lower(text)).stream()
                .mapToInt(word -> vocabulary.computeIfAbsent(word, _ -> vocabulary.size()))
                .toArray();
    }

    private static int edits(int[] hypothesis, int[] reference) {
        return reference.length == 0 ? hypothesis.length : new WordShifts(hypothesis, reference).edits();
    }
}
