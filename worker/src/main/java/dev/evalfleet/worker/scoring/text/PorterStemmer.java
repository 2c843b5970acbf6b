package dev.evalfleet.worker.scoring.text;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Porter's algorithm for suffix stripping (1980) with the extensions of NLTK, which rouge-score uses. For
/// lower-case words of ASCII letters and digits.
final class PorterStemmer {

    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    private static final List<Rule> PLURALS = rules(_ -> true, "sses ss", "ies i", "ss ss", "s");

    private static final List<Rule> DOUBLE_SUFFIXES = rules(
            stem -> measure(stem) > 0,
            "ational ate",
            "tional tion",
            "enci ence",
            "anci ance",
            "izer ize",
            "bli ble",
            "alli al",
            "entli ent",
            "eli e",
            "ousli ous",
            "ization ize",
            "ation ate",
            "ator ate",
            "alism al",
            "iveness ive",
            "fulness ful",
            "ousness ous",
            "aliti al",
            "iviti ive",
            "biliti ble",
            "fulli ful");

    private static final List<Rule> SUFFIXES =
            rules(stem -> measure(stem) > 0, "icate ic", "ative", "alize al", "iciti ic", "ical ic", "ful", "ness");

    private static final List<Rule> LAST_SUFFIXES = rules(
            stem -> measure(stem) > 1,
            "al",
            "ance",
            "ence",
            "er",
            "ic",
            "able",
            "ible",
            "ant",
            "ement",
            "ment",
            "ent",
            "ou",
            "ism",
            "ate",
            "iti",
            "ous",
            "ive",
            "ize");

    private PorterStemmer() {}

    static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null || word.length() <= 2) {
            return irregular == null ? word : irregular;
        }
        String stem = withoutPlural(word);
        stem = withoutPastOrGerund(stem);
        stem = withIForY(stem);
        stem = withoutDoubleSuffix(stem);
        stem = first(SUFFIXES, stem);
        stem = withoutLastSuffix(stem);
        stem = withoutFinalE(stem);
        return stem.endsWith("ll") && measure(without(stem, 1)) > 1 ? without(stem, 1) : stem;
    }

    private static String withoutPlural(String word) {
        return word.length() == 4 && word.endsWith("ies") ? without(word, 1) : first(PLURALS, word);
    }

    private static String withoutPastOrGerund(String word) {
        if (word.endsWith("ied")) {
            return without(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(without(word, 3)) > 0 ? without(word, 1) : word;
        }
        if (word.endsWith("ed") && hasVowel(without(word, 2))) {
            return repaired(without(word, 2));
        }
        return word.endsWith("ing") && hasVowel(without(word, 3)) ? repaired(without(word, 3)) : word;
    }

    private static String repaired(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        int last = stem.length() - 1;
        if (last > 0 && stem.charAt(last) == stem.charAt(last - 1) && isConsonant(stem, last)) {
            return "lsz".indexOf(stem.charAt(last)) < 0 ? without(stem, 1) : stem;
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    private static String withIForY(String word) {
        boolean afterConsonant = word.length() > 2 && isConsonant(word, word.length() - 2);
        return word.endsWith("y") && afterConsonant ? without(word, 1) + "i" : word;
    }

    private static String withoutDoubleSuffix(String word) {
        if (word.endsWith("alli") && measure(without(word, 4)) > 0) {
            return withoutDoubleSuffix(without(word, 2));
        }
        for (Rule rule : DOUBLE_SUFFIXES) {
            if (word.endsWith(rule.suffix)) {
                return rule.applyTo(word);
            }
        }
        return word.endsWith("logi") && measure(without(word, 3)) > 0 ? without(word, 1) : word;
    }

    private static String withoutLastSuffix(String word) {
        if (word.endsWith("sion") || word.endsWith("tion")) {
            return measure(without(word, 3)) > 1 ? without(word, 3) : word;
        }
        return first(LAST_SUFFIXES, word);
    }

    private static String withoutFinalE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = without(word, 1);
        int measure = measure(stem);
        return measure > 1 || (measure == 1 && !endsShort(stem)) ? stem : word;
    }

    /// How many times consonants follow vowels.
    private static int measure(String stem) {
        boolean[] consonants = consonants(stem);
        int measure = 0;
        for (int i = 1; i < consonants.length; i++) {
            measure += consonants[i] && !consonants[i - 1] ? 1 : 0;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (boolean consonant : consonants(stem)) {
            if (!consonant) {
                return true;
            }
        }
        return false;
    }

    // Consonant, vowel, consonant other than w, x, y; or vowel and consonant alone.
    private static boolean endsShort(String word) {
        boolean[] consonants = consonants(word);
        int last = word.length() - 1;
        if (last == 1) {
            return !consonants[0] && consonants[1];
        }
        return last >= 2
                && consonants[last - 2]
                && !consonants[last - 1]
                && consonants[last]
                && "wxy".indexOf(word.charAt(last)) < 0;
    }

    private static boolean isConsonant(String word, int index) {
        return consonants(word)[index];
    }

    // An y is a consonant at the start and after a vowel.
    private static boolean[] consonants(String word) {
        boolean[] consonants = new boolean[word.length()];
        for (int i = 0; i < word.length(); i++) {
            char letter = word.charAt(i);
            consonants[i] = letter == 'y' ? i == 0 || !consonants[i - 1] : "aeiou".indexOf(letter) < 0;
        }
        return consonants;
    }

    private static String without(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }

    private static String first(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.suffix)) {
                return rule.applyTo(word);
            }
        }
        return word;
    }

    private static List<Rule> rules(Predicate<String> condition, String... rules) {
        return List.of(rules).stream()
                .map(rule -> rule.split(" ", -1))
                .map(parts -> new Rule(parts[0], parts.length > 1 ? parts[1] : "", condition))
                .toList();
    }

    /// A suffix, what takes its place, and what must be true of the stem. The first rule whose suffix fits decides.
    private record Rule(String suffix, String replacement, Predicate<String> condition) {
        String applyTo(String word) {
            String stem = without(word, suffix.length());
            return condition.test(stem) ? stem + replacement : word;
        }
    }
}
