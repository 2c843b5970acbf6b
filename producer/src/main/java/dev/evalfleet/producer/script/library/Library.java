package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.PythonLiteral;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.Bytes;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.Partial;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.producer.script.value.Rows;
import dev.evalfleet.producer.script.value.Values;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The modules that can be imported. Made anew for each use of a file, since `random` has a state.
public final class Library {
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private static final Callable NOTHING = (_, _) -> null;
    private static final LibraryModule SILENT = new LibraryModule(
            "logger",
            Map.of("debug", NOTHING, "info", NOTHING, "warning", NOTHING, "error", NOTHING, "exception", NOTHING));

    private final Map<String, LibraryModule> modules = new HashMap<>();

    /// @param files what `open` and `pathlib` may read
    public Library(Files files) {
        add(
                "string",
                Map.of(
                        "ascii_lowercase",
                        LOWER,
                        "ascii_uppercase",
                        UPPER,
                        "ascii_letters",
                        LOWER + UPPER,
                        "digits",
                        "0123456789",
                        "punctuation",
                        PUNCTUATION,
                        "whitespace",
                        " \t\n\r\u000b\f"));
        add("re", Regexes.members());
        add("random", new RandomObject(0L).members());
        add("functools", Map.of("partial", (Callable) Library::partial));
        add("ast", Map.of("literal_eval", one(Library::literal)));
        add("json", Map.of("loads", one(Library::json), "load", one(file -> json(Members.call(file, "read", null)))));
        add("copy", Map.of("deepcopy", one(Values::deepCopy), "copy", one(Values::deepCopy)));
        add("typing", Map.of("TYPE_CHECKING", false));
        add("hashlib", Map.of("sha256", one(text -> digest("SHA-256", text)), "md5", one(text -> digest("MD5", text))));
        add("itertools", Map.of("chain", (Callable) Library::chain, "zip_longest", (Callable) Library::zipLongest));
        add("datasets", Map.of("Dataset", new DatasetType()));
        add("os.path", files.pathMembers());
        add("os", Map.of("path", Objects.requireNonNull(modules.get("os.path")), "getenv", (Callable) Library::getenv));
        add("logging", Map.of("getLogger", (Callable) (_, _) -> SILENT));
        add(
                "lm_eval.utils",
                Map.of(
                        "eval_logger",
                        SILENT,
                        "general_detokenize",
                        one(Library::detokenized),
                        "weighted_f1_score",
                        new LibraryModule("weighted_f1", Map.of())));
        add("pathlib", Map.of("Path", files.pathType()));
    }

    private void add(String name, Map<String, ? extends @Nullable Object> members) {
        modules.put(name, new LibraryModule(name, members));
    }

    public @Nullable LibraryModule module(String name) {
        return modules.get(name);
    }

    /// A function of one value.
    private interface One {
        @Nullable
        Object of(@Nullable Object value);
    }

    private static Callable one(One function) {
        return (positional, named) ->
                function.of(positional.isEmpty() ? named.values().iterator().next() : positional.getFirst());
    }

    private static Object partial(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        if (positional.isEmpty() || !(positional.getFirst() instanceof Callable function)) {
            throw PythonException.type("the first argument must be callable");
        }
        return new Partial(function, positional.subList(1, positional.size()), named);
    }

    private static @Nullable Object literal(@Nullable Object text) {
        try {
            return PythonLiteral.parse((String) Objects.requireNonNull(text));
        } catch (ClassCastException | NullPointerException e) {
            throw PythonException.value("malformed node or string: " + Python.shortRepr(text));
        }
    }

    private static @Nullable Object json(@Nullable Object text) {
        try {
            return JsonValues.parse(Python.str(text));
        } catch (IOException e) {
            throw PythonException.value("broken JSON: " + Python.shortRepr(text));
        }
    }

    // No setting of this machine reaches a prompt.
    private static @Nullable Object getenv(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        return new Arguments("getenv", positional, named).at(1, "default", null);
    }

    private static Object chain(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        var all = new ArrayList<@Nullable Object>();
        positional.forEach(items -> all.addAll(Values.items(items)));
        return all.iterator();
    }

    private static Object zipLongest(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        List<List<@Nullable Object>> lists =
                positional.stream().map(Values::items).toList();
        int longest = lists.stream().mapToInt(List::size).max().orElse(0);
        var rows = new ArrayList<@Nullable Object>();
        for (int i = 0; i < longest; i++) {
            var row = new ArrayList<@Nullable Object>();
            for (List<@Nullable Object> list : lists) {
                row.add(i < list.size() ? list.get(i) : named.get("fillvalue"));
            }
            rows.add(new Tuple(row));
        }
        return rows.iterator();
    }

    private static Object digest(String algorithm, @Nullable Object value) {
        if (!(value instanceof Bytes(var bytes))) {
            throw PythonException.type("Strings must be encoded before hashing");
        }
        try {
            String hex = HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
            return new LibraryModule("digest", Map.of("hexdigest", (Callable) (_, _) -> hex));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // lm-eval's own helper: blanks before punctuation and inside quotes go.
    private static Object detokenized(@Nullable Object text) {
        return Python.str(text)
                .replace(" n't", "n't")
                .replace(" )", ")")
                .replace("( ", "(")
                .replace("\" ", "\"")
                .replace(" \"", "\"")
                .replaceAll(" ([.,])", "$1");
    }

    /// `datasets.Dataset`
    private record DatasetType() implements PythonObject {
        @Override
        public @Nullable Object member(String name) {
            return switch (name) {
                case "from_list" ->
                    one(rows -> {
                        List<@Nullable Object> all = Values.items(rows);
                        return new Rows(() -> Rows.of(all));
                    });
                default -> Members.NONE;
            };
        }
    }
}
