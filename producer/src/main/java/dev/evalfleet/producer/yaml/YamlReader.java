package dev.evalfleet.producer.yaml;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads one YAML document whose root is a mapping.
public final class YamlReader {
    // An alias can repeat its anchor without end; a task is never this large.
    private static final int MOST_NODES = 200_000;
    private static final int DEEPEST = 60;
    private static final int MOST_SEPARATORS = 100;
    private static final int LONGEST_KEY = 1_000;
    private static final int LONGEST_NUMBER = 4_300; // Python's own limit

    private final String label;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private int nodes;

    private YamlReader(String label) {
        this.label = label;
    }

    public static Config read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new YamlException(new Place(file.toString(), 0), "", "there is no such file");
        } catch (MalformedInputException e) {
            throw new YamlException(new Place(file.toString(), 0), "", "the file is not UTF-8 text");
        } catch (IOException e) {
            throw new YamlException(new Place(file.toString(), 0), "", "the file cannot be read: " + e.getMessage());
        }
    }

    /// `label` names the source in messages: a file, or where the text was given.
    public static Config parse(String text, String label) {
        var reader = new YamlReader(label);
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(1000)
                .build();
        try {
            Optional<Node> root = composed(settings, text);
            if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
                throw new YamlException(new Place(label, 1), "", "a task file is a mapping of keys to values");
            }
            return new Config(new LinkedHashMap<>(reader.mapping(mapping, "", 0)), reader.places);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            String context = e.getContext() == null || e.getContext().isEmpty() ? "" : " " + e.getContext();
            throw new YamlException(new Place(label, line), "", "broken YAML:" + context + " " + e.getProblem());
        } catch (StackOverflowError e) {
            throw new YamlException(new Place(label, 0), "", "too deeply nested");
        } catch (YamlEngineException e) {
            throw new YamlException(new Place(label, 0), "", "broken YAML: " + e.getMessage());
        }
    }

    // YAML has \L and \P for two separators, which the library does not know; but it says where one is.
    private static Optional<Node> composed(LoadSettings settings, String text) {
        String known = text;
        for (int left = MOST_SEPARATORS; ; left--) {
            try {
                return new Compose(settings).composeString(known);
            } catch (MarkedYamlEngineException e) {
                int at = known.offsetByCodePoints(
                        0, e.getProblemMark().map(Mark::getIndex).orElse(0));
                boolean separator = known.startsWith("\\L", at - 1) || known.startsWith("\\P", at - 1);
                if (!separator || left == 0) {
                    throw e;
                }
                String escape = known.charAt(at) == 'L' ? "u2028" : "u2029";
                known = known.substring(0, at) + escape + known.substring(at + 1);
            }
        }
    }

    private Place place(Node node) {
        return new Place(label, node.getStartMark().map(Mark::getLine).orElse(-1) + 1);
    }

    private @Nullable Object value(Node node, String path, int depth) {
        count(node, path, depth);
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, path);
            case SequenceNode sequence -> sequence(sequence, path, depth);
            case MappingNode mapping -> mapping(mapping, path, depth);
            default -> throw new YamlException(place(node), path, "cannot be read");
        };
    }

    private void count(Node node, String path, int depth) {
        if (++nodes > MOST_NODES || depth > DEEPEST) {
            throw new YamlException(place(node), path, "too large or too deeply nested");
        }
    }

    private @Nullable Object scalar(ScalarNode scalar, String path) {
        String tag = scalar.getTag().getValue();
        if (tag.equals("!function")) {
            return new PythonFunction(scalar.getValue(), label.startsWith("inlineTasks.") ? "" : label);
        }
        if (tag.startsWith("!") && !tag.equals("!")) {
            throw new YamlException(place(scalar), path, "unknown tag " + tag);
        }
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return scalar.getValue();
        }
        // Longer numbers take Python's int() too long; it refuses them, and here they are text.
        return scalar.getValue().length() > LONGEST_NUMBER ? scalar.getValue() : PlainScalars.value(scalar.getValue());
    }

    private List<@Nullable Object> sequence(SequenceNode sequence, String path, int depth) {
        var items = new ArrayList<@Nullable Object>();
        for (Node node : sequence.getValue()) {
            String itemPath = path + "[" + items.size() + "]";
            places.put(itemPath, place(node));
            items.add(value(node, itemPath, depth + 1));
        }
        return items;
    }

    private Map<String, @Nullable Object> mapping(MappingNode mapping, String path, int depth) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw new YamlException(place(entry.getKeyNode()), path, "a key must be plain text");
            }
            if (key.getValue().length() > LONGEST_KEY) {
                throw new YamlException(place(key), path, "a key of more than " + LONGEST_KEY + " characters");
            }
            if (key.getValue().equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN) {
                merge(entry.getValueNode(), path, depth, values);
                continue;
            }
            String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            places.put(keyPath, place(key));
            values.put(key.getValue(), value(entry.getValueNode(), keyPath, depth + 1));
        }
        return values;
    }

    private void merge(Node node, String path, int depth, Map<String, @Nullable Object> into) {
        count(node, path, depth);
        if (node instanceof MappingNode merged) {
            mapping(merged, path, depth + 1).forEach(into::putIfAbsent);
        } else if (node instanceof SequenceNode several) {
            several.getValue().forEach(one -> merge(one, path, depth + 1, into));
        } else {
            throw new YamlException(place(node), path, "<< needs a mapping");
        }
    }
}
