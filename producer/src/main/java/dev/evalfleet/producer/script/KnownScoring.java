package dev.evalfleet.producer.script;

import dev.evalfleet.producer.script.library.LibraryModule;
import dev.evalfleet.producer.script.run.Function;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.yaml.PythonFunction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Scoring functions of lm-eval's tasks that the workers and aggregators have of their own. Scores are made where no
/// task folder is, so these are not run but recognised: by name and by what the function says. One of the same name
/// that says something else is refused.
public final class KnownScoring {
    /// The digest of a function's code, without comments and blanks, to what it computes.
    private static final Map<String, String> BY_DIGEST = Map.of(
            "e7eda63bcf704b4359df84f9", "micro_f1", // aradice: scikit-learn's f1_score, average micro
            "f8345738cda2ae1e0de2585a", "macro_f1", // kobest: the same, average macro
            "5b585db5ebe2f194c8b1f852", "mc2", // truthfulqa: process_results_mc2
            "89a0df7362117cb2aef3749f",
                    "any of several", // agieval: acc and acc_norm against a list, as they are anyway
            "9ae0456cf8b533e5c904f7c8", "page counts"); // wikitext: words and bytes of the page before it is changed

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
        String code = function.name() + function.parameters() + function.body();
        String placeless = code.replaceAll("\\bline=\\d+(, )?", "");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(placeless.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
