package dev.evalfleet.producer.yaml;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value tagged `!function`: the name of a Python function, as `utils.process_docs`.
///
/// @param yaml the file that names it, beside which the function's file is looked for; empty where there is none
public record PythonFunction(String name, String yaml) {
    private static final String TAG = "!function";

    /// The name and the file that should hold it, for messages.
    public String described() {
        int dot = name.lastIndexOf('.');
        return yaml.isEmpty() || dot < 0
                ? name
                : name + " of "
                        + Path.of(yaml).resolveSibling(name.substring(0, dot).replace('.', '/') + ".py");
    }

    /// A value with every function in it as a mapping, which JSON can hold.
    public static @Nullable Object written(@Nullable Object value) {
        return switch (value) {
            case PythonFunction function -> function.asJson();
            case Map<?, ?> map -> changed(map, PythonFunction::written);
            case List<?> list -> changed(list, PythonFunction::written);
            case null, default -> value;
        };
    }

    /// A value read from JSON with its functions again.
    public static @Nullable Object restored(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map
            when map.get(TAG) instanceof String name -> new PythonFunction(name, String.valueOf(map.get("yaml")));
            case Map<?, ?> map -> changed(map, PythonFunction::restored);
            case List<?> list -> changed(list, PythonFunction::restored);
            case null, default -> value;
        };
    }

    private static Object changed(Map<?, ?> map, Change change) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), change.of(value)));
        return copy;
    }

    private static Object changed(List<?> list, Change change) {
        var copy = new ArrayList<@Nullable Object>(list.size());
        list.forEach(value -> copy.add(change.of(value)));
        return copy;
    }

    private interface Change {
        @Nullable
        Object of(@Nullable Object value);
    }

    private Map<String, Object> asJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put(TAG, name);
        json.put("yaml", yaml);
        return json;
    }
}
