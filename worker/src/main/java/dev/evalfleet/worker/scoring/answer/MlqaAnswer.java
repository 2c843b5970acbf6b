package dev.evalfleet.worker.scoring.answer;

import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.worker.scoring.ScoringException;
import dev.evalfleet.worker.scoring.python.PythonText;
import dev.evalfleet.worker.scoring.text.TokenF1;
import dev.evalfleet.worker.scoring.text.Words;
import java.util.List;
import java.util.Map;

/// MLQA's comparison of answers in seven languages (Lewis et al., 2020): SQuAD's, with each language's articles, and
/// with Chinese characters as words.
///
/// @param articles what is left out of an answer
/// @param perCharacter whether a Chinese character is a word
public record MlqaAnswer(PythonRegex articles, boolean perCharacter) {
    private static final String NONE = "(?!)";
    private static final Map<String, MlqaAnswer> BY_LANGUAGE = Map.of(
            "en", words("\\b(a|an|the)\\b"),
            "es", words("\\b(un|una|unos|unas|el|la|los|las)\\b"),
            "hi", words(NONE),
            "vi", words("\\b(của|là|cái|chiếc|những)\\b"),
            "de", words("\\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\\b"),
            "ar", words("(?:^|\\s)ال"),
            "zh", new MlqaAnswer(PythonRegex.compile(NONE), true));

    private static MlqaAnswer words(String articles) {
        return new MlqaAnswer(PythonRegex.compile(articles), false);
    }

    /// @throws ScoringException for a language that MLQA does not have
    public static MlqaAnswer in(String language) {
        MlqaAnswer known = BY_LANGUAGE.get(language);
        if (known == null) {
            throw new ScoringException("unsupported_option", "MLQA has no language '" + language + "'");
        }
        return known;
    }

    /// 0 to 1.
    public double f1(String answer, String target) {
        return TokenF1.of(levelled(answer), levelled(target));
    }

    public boolean exact(String answer, String target) {
        return levelled(answer).equals(levelled(target));
    }

    private List<String> levelled(String text) {
        String kept = PythonText.withoutAsciiPunctuation(PythonText.withoutUnicodePunctuation(PythonText.lower(text)));
        kept = articles.replaceAll(kept, " ");
        return Words.of(perCharacter ? kept.replaceAll("[\u4e00-\u9fa5]", " $0 ") : kept);
    }
}
