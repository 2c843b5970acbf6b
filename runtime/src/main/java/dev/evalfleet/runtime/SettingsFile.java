package dev.evalfleet.runtime;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A configuration file as maps, lists and texts, with the line of every key (`fleet.yaml:14`).
record SettingsFile(@Nullable Path folder, Map<String, Object> values, Map<String, String> lines) {
    private static final int DEEPEST = 50;

    static SettingsFile empty() {
        return new SettingsFile(null, Map.of(), Map.of());
    }

    static SettingsFile of(Map<String, ?> tree) {
        return new SettingsFile(null, texts(tree), Map.of());
    }

    static SettingsFile read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            String label = String.valueOf(file.getFileName());
            Optional<Node> root = compose(label, reader);
            Map<String, String> lines = new HashMap<>();
            Object values = root.isEmpty() ? Map.of() : new Walk(label, lines).value("", root.get(), 0);
            if (values == null) {
                values = Map.of();
            }
            if (!(values instanceof Map<?, ?> map)) {
                throw problem(label + ":1 must hold sections such as kafka: and worker:, but holds \"" + values + "\"");
            }
            return new SettingsFile(file.toAbsolutePath().getParent(), texts(map), lines);
        } catch (NoSuchFileException e) {
            throw problem(file + ": there is no such file");
        } catch (IOException e) {
            throw problem(file + " cannot be read: " + e.getMessage());
        }
    }

    /// A variable's value as YAML; the text itself when it is not YAML.
    static @Nullable Object parse(String text) {
        try {
            Optional<Node> root = compose("", Reader.of(text));
            return root.isEmpty() ? text : new Walk("", new HashMap<>()).value("", root.get(), 0);
        } catch (InvalidConfigException e) {
            return text;
        }
    }

    void refuseSectionsOtherThan(List<String> known) {
        List<String> problems = values.keySet().stream()
                .filter(name -> !known.contains(name))
                .map(name -> "%s (%s) is not a section%s; sections are %s"
                        .formatted(name, lines.get(name), NearestName.hint(name, known), String.join(", ", known)))
                .toList();
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }

    private static Optional<Node> compose(String label, Reader reader) {
        LoadSettings settings = LoadSettings.builder().setLabel(label).build();
        try {
            return new Compose(settings).composeReader(reader);
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            throw problem(label + line + " is not valid YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw problem(label + " is not valid YAML: " + e.getMessage());
        }
    }

    private static Map<String, Object> texts(Map<?, ?> tree) {
        Map<String, Object> texts = new LinkedHashMap<>();
        tree.forEach((key, value) -> {
            if (value != null) {
                texts.put(String.valueOf(key), text(value));
            }
        });
        return texts;
    }

    private static Object text(Object value) {
        return switch (value) {
            case Map<?, ?> map -> texts(map);
            case List<?> list -> list.stream().map(SettingsFile::text).toList();
            default -> String.valueOf(value);
        };
    }

    private static InvalidConfigException problem(String text) {
        return new InvalidConfigException(List.of(text));
    }

    /// Turns nodes into values and notes the line of every key on the way.
    private record Walk(String label, Map<String, String> lines) {
        @Nullable
        Object value(String path, Node node, int depth) {
            if (depth > DEEPEST) {
                throw problem(label + ": nested too deeply at " + path);
            }
            return switch (node) {
                case ScalarNode scalar -> scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue();
                case SequenceNode sequence -> elements(path, sequence, depth);
                case MappingNode mapping -> entries(path, mapping, depth);
                default -> throw problem(label + ": cannot use the node at " + path);
            };
        }

        private List<Object> elements(String path, SequenceNode sequence, int depth) {
            List<Object> elements = new ArrayList<>();
            for (Node node : sequence.getValue()) {
                String at = path + "[" + elements.size() + "]";
                lines.put(at, line(node));
                Object element = value(at, node, depth + 1);
                elements.add(element == null ? "" : element);
            }
            return elements;
        }

        private Map<String, Object> entries(String path, MappingNode mapping, int depth) {
            Map<String, Object> entries = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                String at = path.isEmpty() ? key : path + "." + key;
                String previous = lines.put(at, line(tuple.getKeyNode()));
                if (previous != null && entries.containsKey(key)) {
                    throw problem(at + " is given twice, at " + previous + " and " + lines.get(at));
                }
                Object value = value(at, tuple.getValueNode(), depth + 1);
                if (value != null) {
                    entries.put(key, value);
                }
            }
            return entries;
        }

        private String line(Node node) {
            return label
                    + node.getStartMark()
                            .map(mark -> ":" + (mark.getLine() + 1))
                            .orElse("");
        }
    }
}
