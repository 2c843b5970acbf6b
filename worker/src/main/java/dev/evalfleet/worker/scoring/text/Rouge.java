package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// ROUGE-1, ROUGE-2 and ROUGE-L of a prediction against a target, as the package rouge-score computes them. Words
/// are runs of ASCII letters and digits.
public final class Rouge {

    private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]+");
    private static final int SHORTEST_TO_STEM = 4;

    private final UnaryOperator<String> stemmer;

    private Rouge(UnaryOperator<String> stemmer) {
        this.stemmer = stemmer;
    }

    /// Compares words as they are.
    public static Rouge plain() {
        return new Rouge(UnaryOperator.identity());
    }

    /// Compares the stems of words (`use_stemmer=True`).
    public static Rouge stemmed() {
        return new Rouge(PorterStemmer::stem);
    }

    /// Shares from 0 to 1.
    public record Score(double precision, double recall, double fmeasure) {
        static Score of(int hits, int predicted, int wanted) {
            double precision = hits / (double) Math.max(1, predicted);
            double recall = hits / (double) Math.max(1, wanted);
            double sum = precision + recall;
            return new Score(precision, recall, sum > 0 ? 2 * precision * recall / sum : 0);
        }
    }

    /// Shared n-grams.
    public Score ofNgrams(int n, String target, String prediction) {
        var wanted = Words.ngrams(tokens(target), n);
        var predicted = Words.ngrams(tokens(prediction), n);
        return Score.of(Words.shared(wanted, predicted), Words.total(predicted.values()), Words.total(wanted.values()));
    }

    /// The longest common subsequence.
    public Score ofLongestSubsequence(String target, String prediction) {
        List<String> wanted = tokens(target);
        List<String> predicted = tokens(prediction);
        return Score.of(longestSubsequence(wanted, predicted), predicted.size(), wanted.size());
    }

    private List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        for (String word : Words.of(NO_WORD.matcher(PythonText.lower(text)).replaceAll(" "))) {
            tokens.add(word.length() < SHORTEST_TO_STEM ? word : stemmer.apply(word));
        }
        return tokens;
    }

    private static int longestSubsequence(List<String> one, List<String> other) {
        int[] row = new int[other.size() + 1];
        for (String word : one) {
            int diagonal = 0;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = word.equals(other.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return Arrays.stream(row).max().orElse(0);
    }
}
