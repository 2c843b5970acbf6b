package dev.evalfleet.producer.task;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.script.ScriptFunction;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.template.Template;
import dev.evalfleet.producer.template.TemplateException;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.PythonFunction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Typed reads of YAML keys; what is wrong is remembered with file, line and key.
final class ConfigReader {
    private final Config config;
    private final Problems problems;

    ConfigReader(Config config, Problems problems) {
        this.config = config;
        this.problems = problems;
    }

    Config config() {
        return config;
    }

    String where(String key) {
        return config.where(key);
    }

    void problem(String key, String message) {
        problems.add(where(key), message);
    }

    boolean has(String key) {
        return config.get(key) != null;
    }

    @Nullable
    Object value(String key) {
        Object value = config.get(key);
        if (value instanceof PythonFunction function) {
            problem(key, "needs the Python function " + function.described() + ", which evalfleet does not have");
            return null;
        }
        return value;
    }

    /// A Python function; null where the key holds none, or one that cannot be run, which is told.
    @Nullable
    ScriptFunction function(String key) {
        if (!(config.get(key) instanceof PythonFunction reference)) {
            return null;
        }
        try {
            return ScriptFunction.of(reference);
        } catch (ScriptException e) {
            problem(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Nullable
    String text(String key) {
        Object value = value(key);
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Number number -> Python.str(number);
            default -> {
                wrong(key, "text", value);
                yield null;
            }
        };
    }

    String text(String key, String fallback) {
        return Objects.requireNonNullElse(text(key), fallback);
    }

    @Nullable
    Long whole(String key) {
        Object value = value(key);
        return switch (value) {
            case null -> null;
            case Long number -> number;
            default -> {
                wrong(key, "a whole number", value);
                yield null;
            }
        };
    }

    boolean flag(String key, boolean fallback) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        wrong(key, "true or false", value);
        return fallback;
    }

    @SuppressWarnings("unchecked") // keys of a YAML mapping are text here
    Map<String, @Nullable Object> map(String key) {
        Object value = value(key);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        wrong(key, "a mapping", value);
        return new LinkedHashMap<>();
    }

    /// The mapping under a key, read in the same way.
    ConfigReader section(String key) {
        return new ConfigReader(config.part(key, map(key)), problems);
    }

    List<?> list(String key) {
        Object value = value(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        wrong(key, "a list", value);
        return List.of();
    }

    /// The mappings of a list.
    List<ConfigReader> sections(String key) {
        List<?> list = list(key);
        return java.util.stream.IntStream.range(0, list.size())
                .mapToObj(i -> element(key + "[" + i + "]", list.get(i)))
                .flatMap(Optional::stream)
                .toList();
    }

    @SuppressWarnings("unchecked") // keys of a YAML mapping are text here
    private Optional<ConfigReader> element(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return Optional.of(new ConfigReader(config.part(path, (Map<String, @Nullable Object>) map), problems));
        }
        wrong(path, "a mapping", value);
        return Optional.empty();
    }

    @Nullable
    Template template(String key) {
        String text = text(key);
        return text == null ? null : parsed(key, text);
    }

    private @Nullable Template parsed(String key, String text) {
        try {
            return Template.parse(text);
        } catch (TemplateException e) {
            problem(key, e.getMessage() + " (" + shortened(text) + ")");
            return null;
        }
    }

    /// A doc_to_* key: text is a column or template, numbers, lists and mappings are constants, or a function.
    @Nullable
    DocField field(String key) {
        if (config.get(key) instanceof PythonFunction) {
            ScriptFunction function = function(key);
            return function == null ? null : DocField.function(key, where(key), function);
        }
        Object value = value(key);
        if (value instanceof String text) {
            return parsed(key, text) == null ? null : DocField.text(key, where(key), text);
        }
        return value == null ? null : DocField.constant(key, where(key), value);
    }

    /// The name of a column or a template; absent where the key is, or is empty.
    @Nullable
    DocField textField(String key) {
        if (config.get(key) instanceof PythonFunction) {
            return field(key);
        }
        String text = text(key);
        return text == null || text.isEmpty() || parsed(key, text) == null
                ? null
                : DocField.text(key, where(key), text);
    }

    void refuseOthers(Collection<String> known) {
        for (String key : config.values().keySet()) {
            if (!known.contains(key)) {
                problem(
                        key,
                        "is not a key evalfleet knows here; it knows "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private void wrong(String key, String wanted, @Nullable Object value) {
        problem(key, "must be " + wanted + ", but is " + shortened(Python.repr(value)));
    }

    private static String shortened(String text) {
        String line = text.replace("\n", "\\n");
        return line.length() <= 80 ? line : line.substring(0, 77) + "...";
    }
}
