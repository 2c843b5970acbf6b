package dev.evalfleet.local.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.runtime.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Typed reads of one mapping of a YAML file. Problems are collected with the line they are on, all of them.
final class YamlFields {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();

    private final String file;
    private final String path;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<String> read = new TreeSet<>();
    private final List<String> problems;

    YamlFields(String file, String path, MappingNode mapping, List<String> problems) {
        this.file = file;
        this.path = path;
        this.problems = problems;
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            values.put(key, tuple.getValueNode());
            lines.put(key, YamlNodes.lineOf(tuple.getKeyNode()));
        }
    }

    void string(String key, Consumer<String> then) {
        read(key, node -> scalar(key, node), then);
    }

    /// A list of strings; one string alone is a list of one.
    void strings(String key, Consumer<List<String>> then) {
        read(key, node -> texts(key, node), then);
    }

    void whole(String key, Consumer<Long> then) {
        converted(key, "a whole number", Long::valueOf, then);
    }

    /// A whole number of at most nine digits.
    void integer(String key, Consumer<Integer> then) {
        converted(key, "a whole number", Integer::valueOf, then);
    }

    void number(String key, Consumer<Double> then) {
        converted(key, "a number", Double::valueOf, then);
    }

    void flag(String key, Consumer<Boolean> then) {
        converted(key, "true or false", YamlNodes::truth, then);
    }

    /// An enum by its name, in lower case and with dashes.
    <E extends Enum<E>> void choice(String key, Class<E> type, Consumer<E> then) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        converted(
                key,
                "one of " + String.join(", ", names),
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')),
                then);
    }

    <T> void converted(String key, String expected, Function<String, T> conversion, Consumer<T> then) {
        string(key, text -> {
            try {
                then.accept(conversion.apply(text));
            } catch (IllegalArgumentException wrong) {
                problem(key, "must be " + expected + ", but is \"" + text + "\"");
            }
        });
    }

    /// A mapping of names to strings.
    void labels(String key, Consumer<Map<String, String>> then) {
        object(key, map -> {
            Map<String, String> labels = new LinkedHashMap<>();
            map.forEach((name, value) -> labels.put(name, String.valueOf(value)));
            then.accept(labels);
        });
    }

    /// A mapping of names to anything, each value as JSON.
    void json(String key, Consumer<Map<String, String>> then) {
        object(key, map -> {
            Map<String, String> json = new LinkedHashMap<>();
            map.forEach((name, value) -> json.put(name, toJson(key, value)));
            then.accept(json);
        });
    }

    void numbers(String key, Consumer<Map<String, Double>> then) {
        object(key, map -> {
            Map<String, Double> numbers = new LinkedHashMap<>();
            map.forEach((name, value) -> {
                if (value instanceof Number number) {
                    numbers.put(name, number.doubleValue());
                } else {
                    problem(key, name + " must be a number, but is \"" + value + "\"");
                }
            });
            then.accept(numbers);
        });
    }

    void section(String key, Consumer<YamlFields> then) {
        read(
                key,
                node -> mapping(key, node),
                mapping -> then.accept(new YamlFields(file, path + key + ".", mapping, problems)));
    }

    void sections(String key, Consumer<List<YamlFields>> then) {
        read(
                key,
                node -> {
                    List<YamlFields> sections = new ArrayList<>();
                    List<Node> items = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
                    for (Node item : items) {
                        MappingNode mapping = mapping(key, item);
                        if (mapping != null) {
                            sections.add(
                                    new YamlFields(file, path + key + "[" + sections.size() + "].", mapping, problems));
                        }
                    }
                    return sections;
                },
                then);
    }

    /// Whether the value of a key is a mapping.
    boolean isMapping(String key) {
        return values.get(key) instanceof MappingNode;
    }

    Set<String> keys() {
        return values.keySet();
    }

    void object(String key, Consumer<Map<String, Object>> then) {
        read(key, node -> mapping(key, node), mapping -> {
            Object built = new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(mapping));
            Map<String, Object> map = new LinkedHashMap<>();
            ((Map<?, ?>) built).forEach((name, value) -> map.put(String.valueOf(name), value));
            then.accept(map);
        });
    }

    /// Refuses every key that was not read, naming the one it may be meant to be.
    void refuseOthers() {
        for (String key : values.keySet()) {
            if (!read.contains(key)) {
                problem(key, "is not a field of a request" + NearestName.hint(key, read));
            }
        }
    }

    void problem(String key, String what) {
        int line = lines.getOrDefault(key, 0);
        problems.add(file + (line > 0 ? ":" + line : "") + " " + path + key + ": " + what);
    }

    private <T> void read(String key, Function<Node, @Nullable T> conversion, Consumer<T> then) {
        read.add(key);
        Node node = values.get(key);
        if (node == null || (node instanceof ScalarNode scalar && YamlNodes.isNull(scalar))) {
            return;
        }
        T value = conversion.apply(node);
        if (value != null) {
            then.accept(value);
        }
    }

    private @Nullable String scalar(String key, Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        problem(key, "must be a single value, but is a " + YamlNodes.kind(node));
        return null;
    }

    private @Nullable List<String> texts(String key, Node node) {
        if (node instanceof ScalarNode scalar) {
            return List.of(scalar.getValue());
        }
        List<String> texts = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                String text = scalar(key, item);
                if (text != null) {
                    texts.add(text);
                }
            }
            return texts;
        }
        problem(key, "must be a list, but is a " + YamlNodes.kind(node));
        return null;
    }

    private @Nullable MappingNode mapping(String key, Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        problem(key, "must be a mapping (name: value), but is a " + YamlNodes.kind(node));
        return null;
    }

    private String toJson(String key, @Nullable Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException notJson) {
            problem(key, "cannot be written as JSON: " + notJson.getOriginalMessage());
            return "null";
        }
    }
}
