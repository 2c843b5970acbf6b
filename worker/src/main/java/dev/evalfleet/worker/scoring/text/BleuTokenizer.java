package dev.evalfleet.worker.scoring.text;

import java.util.List;
import java.util.regex.Pattern;

/// sacrebleu's tokenizers for languages that put spaces between words.
public enum BleuTokenizer {

    /// The default, `13a`: what the script mteval-v13a.pl does.
    V13A(
            new Rule("([{-~\\[-` -&(-+:-@/])", " $1 "),
            new Rule("([^0-9])([.,])", "$1 $2 "),
            new Rule("([.,])([^0-9])", " $1 $2"),
            new Rule("([0-9])(-)", "$1 $2 ")) {
        @Override
        String prepared(String text) {
            String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
            return " " + unescaped(line) + " ";
        }
    },

    /// `intl`: every punctuation and symbol of Unicode, but not within numbers.
    INTL(new Rule("(\\P{N})(\\p{P})", "$1 $2 "), new Rule("(\\p{P})(\\P{N})", " $1 $2"), new Rule("(\\p{S})", " $1 ")) {
        @Override
        String prepared(String text) {
            return text;
        }
    },

    /// `none`: words are what stands between spaces.
    NONE {
        @Override
        String prepared(String text) {
            return text;
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // List.of, of rules that never change
    private final List<Rule> rules;

    BleuTokenizer(Rule... rules) {
        this.rules = List.of(rules);
    }

    /// The tokens of a text.
    List<String> tokens(String text) {
        String line = prepared(Words.withoutTrailingSpace(text));
        for (Rule rule : rules) {
            line = rule.pattern.matcher(line).replaceAll(rule.replacement);
        }
        return Words.of(line);
    }

    abstract String prepared(String text);

    private static String unescaped(String line) {
        return line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }

    private record Rule(Pattern pattern, String replacement) {
        Rule(String pattern, String replacement) {
            this(Pattern.compile(pattern), replacement);
        }
    }
}
