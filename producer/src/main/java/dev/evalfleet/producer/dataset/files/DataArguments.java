package dev.evalfleet.producer.dataset.files;

import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.python.Python;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Reads `dataset_kwargs`, the arguments of Hugging Face's load_dataset: each key is understood, known to change
/// nothing here, or refused by name.
public final class DataArguments {
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "data_files",
            "data_dir",
            "field",
            "sep",
            "delimiter",
            "quotechar",
            "column_names",
            "names",
            "header",
            "usecols",
            "columns",
            "keep_default_na",
            "sample_by",
            "encoding",
            "revision"));
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "trust_remote_code",
            "streaming",
            "verification_mode",
            "ignore_verifications",
            "num_proc",
            "download_mode",
            "keep_in_memory",
            "save_infos",
            "cache_dir",
            "chunksize",
            "block_size");
    private static final Map<String, String> REFUSED = Map.of(
            "token", "does not belong in a task; set producer.hub.token or HF_TOKEN",
            "use_auth_token", "does not belong in a task; set producer.hub.token or HF_TOKEN",
            "features", "casts columns, which evalfleet does not do; leave it out where the file has the types",
            "split", "cuts the dataset; name the split in test_split, validation_split or training_split",
            "name", "is the task's key dataset_name");

    private final Map<String, ?> arguments;
    private final BiConsumer<String, String> problem;

    private DataArguments(Map<String, ?> arguments, BiConsumer<String, String> problem) {
        this.arguments = arguments;
        this.problem = problem;
    }

    /// @param problem takes the key and what is wrong with it
    public static DataOptions read(Map<String, ?> arguments, BiConsumer<String, String> problem) {
        return new DataArguments(arguments, problem).read();
    }

    private DataOptions read() {
        arguments.keySet().forEach(this::check);
        List<String> names = texts("column_names").isEmpty() ? texts("names") : texts("column_names");
        return new DataOptions(
                text("field"),
                text("delimiter") == null ? character("sep") : character("delimiter"),
                character("quotechar") == null ? '"' : character("quotechar"),
                names,
                header(!names.isEmpty()),
                texts("columns").isEmpty() ? texts("usecols") : texts("columns"),
                !Boolean.FALSE.equals(arguments.get("keep_default_na")),
                text("data_dir"),
                text("revision"));
    }

    private void check(String key) {
        if (REFUSED.containsKey(key)) {
            if (arguments.get(key) != null && !Boolean.FALSE.equals(arguments.get(key))) {
                problem.accept(key, REFUSED.get(key));
            }
        } else if (!KNOWN.contains(key) && !WITHOUT_EFFECT.contains(key)) {
            problem.accept(key, "is not an argument of datasets evalfleet knows; it knows " + String.join(", ", KNOWN));
        }
        if (key.equals("encoding") && !Python.str(arguments.get(key)).matches("(?i)utf-?8|None")) {
            problem.accept(key, "is " + arguments.get(key) + "; evalfleet reads UTF-8");
        }
        if (key.equals("sample_by") && !"line".equals(arguments.get(key))) {
            problem.accept(key, "is " + arguments.get(key) + "; evalfleet reads text by line");
        }
    }

    private @Nullable String text(String key) {
        Object value = arguments.get(key);
        return value == null ? null : Python.str(value);
    }

    private @Nullable Character character(String key) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        String one = text.equals("\\t") ? "\t" : text;
        if (one.length() != 1) {
            problem.accept(key, "must be one character, but is \"" + text + "\"");
            return null;
        }
        return one.charAt(0);
    }

    // pandas: names take the place of a header unless one is named.
    private @Nullable Integer header(boolean named) {
        if (!arguments.containsKey("header") || "infer".equals(arguments.get("header"))) {
            return named ? null : 0;
        }
        Object header = arguments.get("header");
        if (header != null && !(header instanceof Long number && number == 0)) {
            problem.accept("header", "is " + header + "; evalfleet knows 0, infer and null");
        }
        return header == null ? null : 0;
    }

    private List<String> texts(String key) {
        return switch (arguments.get(key)) {
            case null -> List.of();
            case List<?> list -> list.stream().map(Python::str).toList();
            case Object one -> List.of(Python.str(one));
        };
    }
}
