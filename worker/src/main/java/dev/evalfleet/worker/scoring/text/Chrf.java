package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.schemas.metric.ChrfScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Statistics of chrF and chrF++, as laid out in [ChrfScore]. Space does not count among the characters.
public final class Chrf {

    private static final String ASCII_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private Chrf() {}

    /// chrF: character n-grams only.
    public static double[] statistics(String hypothesis, List<String> references) {
        return statistics(hypothesis, references, 0);
    }

    /// chrF++: character and word n-grams.
    public static double[] plusPlusStatistics(String hypothesis, List<String> references) {
        return statistics(hypothesis, references, ChrfScore.WORD_ORDER);
    }

    /// Those of the reference that gives the best score.
    private static double[] statistics(String hypothesis, List<String> references, int wordOrder) {
        List<Map<String, Integer>> ngrams = ngrams(hypothesis, wordOrder);
        double[] best = {};
        for (String reference : references) {
            double[] statistics = compared(ngrams, ngrams(reference, wordOrder));
            if (best.length == 0 || ChrfScore.of(statistics) > ChrfScore.of(best)) {
                best = statistics;
            }
        }
        return best;
    }

    private static double[] compared(List<Map<String, Integer>> hypothesis, List<Map<String, Integer>> reference) {
        double[] statistics = new double[3 * hypothesis.size()];
        for (int i = 0; i < hypothesis.size(); i++) {
            Map<String, Integer> wanted = reference.get(i);
            Map<String, Integer> given = hypothesis.get(i);
            statistics[3 * i] = wanted.isEmpty() ? 0 : Words.total(given.values());
            statistics[3 * i + 1] = Words.total(wanted.values());
            statistics[3 * i + 2] = Words.shared(given, wanted);
        }
        return statistics;
    }

    private static List<Map<String, Integer>> ngrams(String text, int wordOrder) {
        List<String> words = Words.of(text);
        String characters = String.join("", words);
        List<Map<String, Integer>> ngrams = new ArrayList<>();
        for (int n = 1; n <= ChrfScore.CHARACTER_ORDER; n++) {
            ngrams.add(Words.characterNgrams(characters, n));
        }
        List<String> separated = wordOrder == 0 ? List.of() : withoutPunctuation(words);
        for (int n = 1; n <= wordOrder; n++) {
            ngrams.add(Words.ngrams(separated, n));
        }
        return ngrams;
    }

    // A punctuation mark at the end of a word is a word of its own; if there is none there, one at the start is.
    private static List<String> withoutPunctuation(List<String> words) {
        List<String> separated = new ArrayList<>();
        for (String word : words) {
            int last = word.length() - 1;
            if (last > 0 && isPunctuation(word, last)) {
                separated.add(word.substring(0, last));
                separated.add(word.substring(last));
            } else if (last > 0 && isPunctuation(word, 0)) {
                separated.add(word.substring(0, 1));
                separated.add(word.substring(1));
            } else {
                separated.add(word);
            }
        }
        return separated;
    }

    private static boolean isPunctuation(String word, int index) {
        return ASCII_PUNCTUATION.indexOf(word.charAt(index)) >= 0;
    }
}
