package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Text as Python's `str.split()` takes it apart, and n-grams of the parts.
public final class Words {

    private Words() {}

    /// `text.split()`
    public static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            boolean space = PythonText.isSpace(text.charAt(i));
            if (space && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    /// `text.rstrip()`
    static String withoutTrailingSpace(String text) {
        int end = text.length();
        while (end > 0 && PythonText.isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /// How often each n-gram occurs. Words hold no space, so their n-grams are told apart when joined by one.
    static Map<String, Integer> ngrams(List<String> words, int n) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= words.size(); i++) {
            counts.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
        }
        return counts;
    }

    /// How often each n-gram of characters (code points) occurs.
    static Map<String, Integer> characterNgrams(String text, int n) {
        Map<String, Integer> counts = new HashMap<>();
        int length = text.codePointCount(0, text.length());
        int start = 0;
        int end = length < n ? 0 : text.offsetByCodePoints(0, n);
        for (int i = 0; i + n <= length; i++) {
            counts.merge(text.substring(start, end), 1, Integer::sum);
            start += Character.charCount(text.codePointAt(start));
            end += end < text.length() ? Character.charCount(text.codePointAt(end)) : 0;
        }
        return counts;
    }

    /// How many n-grams two texts share, each counted as often as it occurs in both.
    static int shared(Map<String, Integer> one, Map<String, Integer> other) {
        int shared = 0;
        for (Map.Entry<String, Integer> entry : one.entrySet()) {
            shared += Math.min(entry.getValue(), other.getOrDefault(entry.getKey(), 0));
        }
        return shared;
    }

    static int total(Collection<Integer> counts) {
        return counts.stream().mapToInt(Integer::intValue).sum();
    }
}
