package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.List;
import java.util.regex.Pattern;

/// Harmonic mean of precision and recall over the words of an answer, as SQuAD's script has it: without case, ASCII
/// punctuation and English articles.
public final class TokenF1 {

    private static final Pattern ARTICLES = Pattern.compile("(?<![\\p{L}\\p{N}_])(a|an|the)(?![\\p{L}\\p{N}_])");

    private TokenF1() {}

    /// 0 to 1. Where one of the texts has no words: 1 if neither has, else 0 (SQuAD 2).
    public static double of(String prediction, String target) {
        List<String> predicted = words(prediction);
        List<String> wanted = words(target);
        if (predicted.isEmpty() || wanted.isEmpty()) {
            return predicted.isEmpty() && wanted.isEmpty() ? 1 : 0;
        }
        return of(predicted, wanted);
    }

    /// The same of words as they are; 0 where none is shared.
    public static double of(List<String> predicted, List<String> wanted) {
        int same = Words.shared(Words.ngrams(predicted, 1), Words.ngrams(wanted, 1));
        if (same == 0) {
            return 0;
        }
        double precision = same / (double) predicted.size();
        double recall = same / (double) wanted.size();
        return 2 * precision * recall / (precision + recall);
    }

    /// SQuAD's exact match: the same words in the same order.
    public static boolean sameWords(String prediction, String target) {
        return words(prediction).equals(words(target));
    }

    private static List<String> words(String text) {
        String kept = PythonText.withoutAsciiPunctuation(PythonText.lower(text));
        return Words.of(withoutArticles(kept));
    }

    /// A space in place of every English article.
    public static String withoutArticles(String text) {
        return ARTICLES.matcher(text).replaceAll(" ");
    }
}
