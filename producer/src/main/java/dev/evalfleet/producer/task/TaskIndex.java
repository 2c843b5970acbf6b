package dev.evalfleet.producer.task;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.producer.yaml.YamlReader;
import dev.evalfleet.schemas.avro.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the YAML files of some folders define: tasks, groups and tags by name. Read once; made anew to see changes.
final class TaskIndex {
    final Map<String, Config> tasks = new TreeMap<>();
    final Map<String, Config> groups = new TreeMap<>();
    final Map<String, List<String>> tags = new TreeMap<>();
    final Map<Path, Config> files = new LinkedHashMap<>();
    /// Files that cannot be read, by path: they only matter to those who ask for what is in them.
    final Map<Path, Problem> broken = new LinkedHashMap<>();
    /// Names that two files define; the first one counts.
    final List<Problem> duplicates = new ArrayList<>();

    private final Includes includes = new Includes();

    static TaskIndex of(List<Path> folders) {
        var index = new TaskIndex();
        for (Path folder : folders) {
            yamlFiles(folder).forEach(index::read);
        }
        return index;
    }

    /// Every name that can be asked for.
    List<String> names() {
        return Stream.of(tasks.keySet(), groups.keySet(), tags.keySet())
                .flatMap(Set::stream)
                .distinct()
                .sorted()
                .toList();
    }

    private static List<Path> yamlFiles(Path folder) {
        try (Stream<Path> paths = Files.walk(folder, 20, FileVisitOption.FOLLOW_LINKS)) {
            return paths.filter(path ->
                            path.toString().endsWith(".yaml") || path.toString().endsWith(".yml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path file) {
        try {
            Config config = includes.resolved(YamlReader.read(file), Includes.folderOf(file));
            files.put(file, config);
            register(config, file);
        } catch (YamlException e) {
            broken.put(file, e.problem());
        }
    }

    private void register(Config config, Path file) {
        Object task = config.get("task");
        Object group = config.get("group");
        if (group instanceof String name && !(task instanceof String)) {
            put(groups, name, config, file);
        } else if (task instanceof String name) {
            put(tasks, name, config, file);
            names(config.get("tag")).forEach(tag -> tag(tag, name));
            names(group).forEach(tag -> tag(tag, name));
        }
    }

    private void tag(String tag, String task) {
        List<String> members = tags.computeIfAbsent(tag, _ -> new ArrayList<>());
        if (!members.contains(task)) {
            members.add(task);
        }
    }

    private void put(Map<String, Config> into, String name, Config config, Path file) {
        Config first = into.putIfAbsent(name, config);
        if (first != null) {
            duplicates.add(Problems.of(
                    config.where("task"),
                    "\"" + name + "\" is already defined in " + first.place("task") + "; that one counts, not "
                            + file));
        }
    }

    static List<String> names(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list.stream().map(Python::str).toList();
            default -> List.of(Python.str(value));
        };
    }
}
