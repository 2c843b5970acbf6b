package dev.evalfleet.producer.script;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.script.library.LibraryModule;
import dev.evalfleet.producer.script.library.RegexObject;
import dev.evalfleet.producer.script.run.Function;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.yaml.PythonFunction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Scoring functions of lm-eval's tasks that the workers and aggregators have of their own. Scores are made where no
/// task folder is, so these are not run but recognised: by name and by what the function says. One of the same name
/// that says something else is refused.
public final class KnownScoring {
    /// The digest of a function's code and of what it uses of its file, without comments and blanks, to its name here.
    private static final Map<String, String> BY_DIGEST = Map.ofEntries(
            Map.entry("e7eda63bcf704b4359df84f9", "micro_f1"), // aradice: scikit-learn's f1_score, average micro
            Map.entry("f8345738cda2ae1e0de2585a", "macro_f1"), // kobest: the same, average macro
            Map.entry("5b585db5ebe2f194c8b1f852", "mc2"), // truthfulqa: process_results_mc2
            // agieval: acc and acc_norm against a list, as they are anyway
            Map.entry("89a0df7362117cb2aef3749f", "any of several"),
            // wikitext: words and bytes of the page before it is changed
            Map.entry("9ae0456cf8b533e5c904f7c8", "page counts"),
            Map.entry("b04799cd0c431af2e6c8ad9d", "math"), // hendrycks_math
            Map.entry("6f491c10b0c45dc8b943a07e", "aime"),
            Map.entry("6809bf0112a7868a4900cafa", "drop"),
            Map.entry("d00e29cb6f0a7d59d0e91b2b", "coqa"),
            Map.entry("c43558d8236ecf5369f94505", "xquad"),
            Map.entry("6e33a54c3c9d706ec842750f", "truthful"), // truthfulqa: process_results_gen
            Map.entry("7121c1a96315faeecae51864", "truthful"), // noreval
            Map.entry("7c41827a7b6ddb2dc97ea192", "truthful"), // galician_bench
            Map.entry("f82e6b38d87208545e06b1b0", "truthful bleu"), // truthfulqa-multi
            Map.entry("165a0e59eb7920ab8ae2d53f", "record"),
            Map.entry("6362e0eb2b98e7629a81e87d", "crows_pairs"),
            Map.entry("70207dca8928b491f3fa30e6", "mlqa en"),
            Map.entry("cd60432aea449b642e1e769c", "mlqa es"),
            Map.entry("89e1dbcd69608d20626f2b60", "mlqa hi"),
            Map.entry("75b11fa3a63aeae2a7793c3e", "mlqa vi"),
            Map.entry("f4bcdadc69b18e3768edaada", "mlqa de"),
            Map.entry("d361d764fd07f483e727ced3", "mlqa ar"),
            Map.entry("cd6a9c3d26493b1623e17800", "mlqa zh"));

    private static final Pattern NAME = Pattern.compile("\\bName\\[\\w+=(\\w+)]");

    private KnownScoring() {}

    /// The name under which it is known; empty where it is not.
    ///
    /// @throws ScriptException where the function cannot be found, or is another one of a known name
    public static Optional<String> of(PythonFunction reference) {
        Object function = ScriptFunction.find(reference);
        if (function instanceof LibraryModule known) {
            return Optional.of(known.name());
        }
        return function instanceof Function own ? Optional.ofNullable(BY_DIGEST.get(digest(own))) : Optional.empty();
    }

    static String digest(Function function) {
        var met = new TreeMap<String, String>();
        reach(function, met);
        String code = String.valueOf(met.remove(function.name()));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((code + String.join("", met.values())).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // The code of a function, and of all of its file that it uses: functions, texts, numbers and patterns.
    private static void reach(Function function, Map<String, String> met) {
        String code = function.name() + function.parameters() + function.body();
        String placeless = code.replaceAll("\\bline=\\d+(, )?", "");
        if (met.putIfAbsent(function.name(), placeless) == null) {
            NAME.matcher(placeless).results().map(name -> name.group(1)).forEach(name -> {
                switch (global(function, name)) {
                    case Function used -> reach(used, met);
                    case String text -> met.put("=" + name, text);
                    case Number number -> met.put("=" + name, number.toString());
                    case RegexObject(var regex) -> met.put("=" + name, regex.source());
                    case null, default -> {} // a library's, or a name inside the function
                }
            });
        }
    }

    private static @Nullable Object global(Function function, String name) {
        try {
            return function.around().get(name);
        } catch (PythonException | ScriptException e) {
            return null;
        }
    }
}
