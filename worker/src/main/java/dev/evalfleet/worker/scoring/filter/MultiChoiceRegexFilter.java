package dev.evalfleet.worker.scoring.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.scoring.Arguments;
import dev.evalfleet.worker.scoring.ScoringException;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The harness's `multi_choice_regex`: the pattern, else the text of a choice, else a bare letter after a colon; the
/// answer is a letter in parentheses. The choices are the document's own `choices`.
record MultiChoiceRegexFilter(RegexFilter plain, Ignored ignored, List<String> choices) implements AnswerFilters.Step {

    /// What does not count when the text of a choice is looked for.
    record Ignored(List<PythonRegex> patterns, boolean letterCase, boolean punctuation) {
        String applyTo(String text) {
            String kept = text;
            for (PythonRegex pattern : patterns) {
                kept = pattern.removeAll(kept);
            }
            kept = letterCase ? PythonText.lower(kept) : kept;
            return punctuation ? PythonText.withoutUnicodePunctuation(kept) : kept;
        }
    }

    static MultiChoiceRegexFilter from(JsonNode arguments, Sample sample) {
        Ignored ignored = new Ignored(
                Arguments.texts(arguments.path("regexes_to_ignore")).stream()
                        .map(PythonRegex::compile)
                        .toList(),
                arguments.path("ignore_case").asBoolean(),
                arguments.path("ignore_punctuation").asBoolean());
        return new MultiChoiceRegexFilter(RegexFilter.from(arguments), ignored, choicesOf(sample));
    }

    private static List<String> choicesOf(Sample sample) {
        JsonNode document = Arguments.parse(sample.getDocument() == null ? "{}" : sample.getDocument());
        List<String> choices = Arguments.texts(document.path("choices"));
        if (choices.isEmpty()) {
            throw new ScoringException(
                    "no_choices",
                    "filter 'multi_choice_regex' needs a document with a list 'choices', and this has none");
        }
        return choices;
    }

    @Override
    public List<String> apply(List<String> answers) {
        Map<String, String> letterByChoice = new HashMap<>();
        Map<String, String> letterInParentheses = new HashMap<>();
        for (int i = 0; i < choices.size(); i++) {
            String letter = Character.toString('A' + i);
            letterByChoice.put(ignored.applyTo(PythonText.strip(choices.get(i))), "(" + letter + ")");
            letterInParentheses.put(letter, "(" + letter + ")");
        }
        PythonRegex anyChoice = PythonRegex.compile(alternatives(letterByChoice));
        PythonRegex bareLetter = PythonRegex.compile(":[\\s]*(" + alternatives(letterInParentheses) + ")");
        return answers.stream()
                .map(answer -> {
                    String match = find(plain.regex(), answer, Map.of());
                    match = match.isEmpty() ? find(anyChoice, ignored.applyTo(answer), letterByChoice) : match;
                    match = match.isEmpty() ? find(bareLetter, answer, letterInParentheses) : match;
                    return match.isEmpty() ? plain.fallback() : match;
                })
                .toList();
    }

    // Longest first: a choice that begins another must not hide it.
    private static String alternatives(Map<String, String> texts) {
        return texts.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .map(MultiChoiceRegexFilter::escaped)
                .reduce((a, b) -> a + "|" + b)
                .orElse("");
    }

    private static String escaped(String text) {
        return Pattern.compile("[^\\p{L}\\p{N}_]", Pattern.UNICODE_CHARACTER_CLASS)
                .matcher(text)
                .replaceAll("\\\\$0");
    }

    private String find(PythonRegex regex, String text, Map<String, String> letters) {
        List<String> match = RegexFilter.select(regex.findAll(text), plain.groupSelect());
        String found = match == null ? "" : PythonText.strip(RegexFilter.firstNonEmpty(match));
        return found.isEmpty()
                ? ""
                : letters.getOrDefault(found, found); // a choice may be empty without what is ignored
    }
}
