package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    /// The longest common subsequences of sentences, of each target's with all of the prediction together, no word
    /// counted twice (`rougeLsum`). Sentences stand on lines of their own.
    public Score ofSummary(String target, String prediction) {
        List<List<String>> wanted = sentences(target);
        List<List<String>> predicted = sentences(prediction);
        Map<String, Integer> wantedLeft = counts(wanted);
        Map<String, Integer> predictedLeft = counts(predicted);
        int hits = 0;
        for (List<String> sentence : wanted) {
            Set<Integer> shared = new TreeSet<>();
            predicted.forEach(other -> shared.addAll(subsequence(sentence, other)));
            for (int at : shared) {
                String word = sentence.get(at);
                if (wantedLeft.getOrDefault(word, 0) > 0 && predictedLeft.getOrDefault(word, 0) > 0) {
                    hits++;
                    wantedLeft.merge(word, -1, Integer::sum);
                    predictedLeft.merge(word, -1, Integer::sum);
                }
            }
        }
        return Score.of(hits, size(predicted), size(wanted));
    }

    private List<List<String>> sentences(String text) {
        return Arrays.stream(text.split("\n", -1))
                .filter(line -> !line.isEmpty())
                .map(this::tokens)
                .toList();
    }

    private static int size(List<List<String>> sentences) {
        return sentences.stream().mapToInt(List::size).sum();
    }

    private static Map<String, Integer> counts(List<List<String>> sentences) {
        Map<String, Integer> counts = new HashMap<>();
        sentences.forEach(words -> words.forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts;
    }

    // Which words of the first make up a longest common subsequence: of several, the one rouge-score finds.
    private static List<Integer> subsequence(List<String> one, List<String> other) {
        int[][] table = new int[one.size() + 1][other.size() + 1];
        for (int i = 1; i <= one.size(); i++) {
            for (int j = 1; j <= other.size(); j++) {
                table[i][j] = one.get(i - 1).equals(other.get(j - 1))
                        ? table[i - 1][j - 1] + 1
                        : Math.max(table[i - 1][j], table[i][j - 1]);
            }
        }
        List<Integer> found = new ArrayList<>();
        int i = one.size();
        int j = other.size();
        while (i > 0 && j > 0) {
            if (one.get(i - 1).equals(other.get(j - 1))) {
                found.add(--i);
                j--;
            } else if (table[i][j - 1] > table[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
        return found;
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
