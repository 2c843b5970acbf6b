package dev.evalfleet.producer.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value tagged `!function`: the name of a Python function, as `utils.process_docs`.
///
/// @param yaml the file that names it, beside which the function's file is looked for; empty where there is none
public record PythonFunction(String name, String yaml) {
    private static final String TAG = "!function";

    /// How it is written into a plan's JSON.
    public Map<String, Object> asJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put(TAG, name);
        json.put("yaml", yaml);
        return json;
    }

    /// Read back from a plan's JSON.
    public static Optional<PythonFunction> fromJson(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.get(TAG) instanceof String name
                ? Optional.of(new PythonFunction(name, String.valueOf(map.get("yaml"))))
                : Optional.empty();
    }
}
