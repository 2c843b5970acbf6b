package dev.evalfleet.worker.scoring.answer;

import dev.evalfleet.runtime.python.PythonNumber;
import dev.evalfleet.worker.scoring.python.PythonText;
import dev.evalfleet.worker.scoring.text.TokenF1;
import dev.evalfleet.worker.scoring.text.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/// DROP's comparison of an answer with spans of a text, a number or a date (Dua et al., 2019).
public final class DropAnswer {

    private DropAnswer() {}

    /// Whether the answer is the one span that is wanted.
    public static boolean exact(String answer, List<String> spans) {
        return spans.size() == 1 && normalised(answer).equals(normalised(spans.getFirst()));
    }

    /// Harmonic mean of precision and recall over the distinct words of the best matching span, divided by the number
    /// of spans; 0 to 1 in steps of 0.01. A span with numbers matches only an answer that has one of them.
    public static double f1(String answer, List<String> spans) {
        Set<String> answered = words(answer);
        double best = spans.stream()
                .map(DropAnswer::words)
                .filter(wanted -> numbersMatch(wanted, answered))
                .mapToDouble(wanted -> f1(answered, wanted))
                .max()
                .orElse(0);
        return Math.rint(best / spans.size() * 100) / 100;
    }

    private static double f1(Set<String> answered, Set<String> wanted) {
        double same = answered.stream().filter(wanted::contains).count();
        double precision = answered.isEmpty() ? 1 : same / answered.size();
        double recall = wanted.isEmpty() ? 1 : same / wanted.size();
        return precision == 0 && recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    private static boolean numbersMatch(Set<String> wanted, Set<String> answered) {
        List<String> numbers =
                wanted.stream().filter(word -> number(word).isPresent()).toList();
        return numbers.isEmpty() || numbers.stream().anyMatch(answered::contains);
    }

    private static Set<String> words(String text) {
        return new HashSet<>(Words.of(normalised(text)));
    }

    // Without case, ASCII punctuation outside numbers and English articles; numbers as Python writes them.
    private static String normalised(String text) {
        List<String> tokens = new ArrayList<>();
        for (String token : text.split("[ -]", -1)) {
            String kept = PythonText.lower(token);
            kept = number(kept).isPresent() ? kept : PythonText.withoutAsciiPunctuation(kept);
            OptionalDouble value = number(kept);
            kept = value.isPresent() ? PythonNumber.text(value.getAsDouble()) : kept;
            tokens.addAll(Words.of(TokenF1.withoutArticles(kept)));
        }
        return String.join(" ", tokens);
    }

    private static OptionalDouble number(String word) {
        return PythonNumber.real(PythonText.strip(word));
    }
}
