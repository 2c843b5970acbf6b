package dev.evalfleet.producer.task;

import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Place;
import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.producer.yaml.YamlReader;
import dev.evalfleet.schemas.avro.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tasks, groups and tags of several folders. Folders are read when first asked, and again when they have changed.
public final class TaskLibrary {
    private final List<Path> folders;
    private @Nullable TaskIndex index;
    private long stamp;

    public TaskLibrary(List<Path> folders) {
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("there is no task folder " + folder.toAbsolutePath());
            }
        }
        this.folders = folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
    }

    public enum Kind {
        TASK,
        GROUP,
        TAG
    }

    /// A name that a request may ask for.
    ///
    /// @param members of a group or tag
    /// @param description the comment at the top of the file, or the alias
    public record Entry(String name, Kind kind, String place, List<String> members, String description) {}

    public List<Path> folders() {
        return folders;
    }

    public List<Entry> entries() {
        TaskIndex now = index();
        var entries = new ArrayList<Entry>();
        now.tasks.forEach((name, config) -> entries.add(entry(name, Kind.TASK, config, List.of())));
        now.groups.forEach((name, config) -> entries.add(entry(name, Kind.GROUP, config, members(config))));
        now.tags.forEach((name, members) -> {
            if (!now.groups.containsKey(name) && !now.tasks.containsKey(name)) {
                entries.add(new Entry(name, Kind.TAG, "", List.copyOf(members), ""));
            }
        });
        return entries;
    }

    public Optional<Entry> find(String name) {
        return entries().stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    private static Entry entry(String name, Kind kind, Config config, List<String> members) {
        Place place = config.place(kind == Kind.TASK ? "task" : "group");
        return new Entry(name, kind, place.toString(), members, comment(place.file()));
    }

    private static List<String> members(Config group) {
        return group.get("task") instanceof List<?> list
                ? list.stream().map(TaskLibrary::memberName).toList()
                : List.of();
    }

    private static String memberName(@Nullable Object member) {
        if (member instanceof Map<?, ?> map) {
            Object name = map.get(map.containsKey("group") ? "group" : "task");
            return name == null ? "?" : name.toString();
        }
        return String.valueOf(member);
    }

    // The first line of the comment with which a file starts.
    private static String comment(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.findFirst()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> line.substring(1).strip())
                    .orElse("");
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            return "";
        }
    }

    /// The resolved configuration of a task, includes applied; empty where no file defines it.
    public Optional<Config> task(String name) {
        return Optional.ofNullable(index().tasks.get(name));
    }

    /// YAML that was written into a request instead of a file.
    ///
    /// @throws YamlException where it cannot be read
    Config inline(String name, String yaml) {
        return new Includes().resolvedInside(YamlReader.parse(yaml, "inlineTasks." + name), folders);
    }

    /// Files that cannot be read, and names that are defined twice.
    public List<Problem> problems() {
        TaskIndex now = index();
        var problems = new ArrayList<>(now.broken.values());
        problems.addAll(now.duplicates);
        return problems;
    }

    /// What the folders hold now.
    synchronized TaskIndex index() {
        long now = stamp();
        if (index == null || now != stamp) {
            index = TaskIndex.of(folders);
            stamp = now;
        }
        return index;
    }

    // Changes whenever a YAML file is added, removed or written.
    private long stamp() {
        long sum = 17;
        for (Path folder : folders) {
            try (Stream<Path> paths = Files.walk(folder, 20)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    if (path.toString().endsWith("yaml") || path.toString().endsWith(".yml")) {
                        sum = sum * 31
                                + path.hashCode()
                                + Files.getLastModifiedTime(path).toMillis();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum;
    }
}
