package dev.evalfleet.producer.task;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.avro.RunGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns the names of a request into tasks: groups and tags are opened, overrides of group members applied.
public final class TaskSelector {
    private static final int DEEPEST = 10;
    private static final Set<String> GROUP_KEYS =
            Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata", "include", "tag");

    private final TaskLibrary library;
    private final TaskIndex index;
    private final Map<String, Config> inline = new LinkedHashMap<>();
    private final Problems problems;
    private final Map<String, Selected> selected = new LinkedHashMap<>();

    /// A task to run.
    ///
    /// @param folder where its paths start; null for a task written into the request
    /// @param groups through which it was asked for
    public record Selected(String name, Config config, @Nullable Path folder, List<RunGroup> groups) {}

    public TaskSelector(TaskLibrary library, Map<String, String> inlineTasks, Problems problems) {
        this.library = library;
        this.index = library.index();
        this.problems = problems;
        inlineTasks.forEach((name, yaml) -> {
            try {
                inline.put(name, library.inline(name, yaml));
            } catch (YamlException e) {
                problems.add(e.problem());
            }
        });
    }

    /// In the order of the names; a task that is named twice comes once, with all its groups.
    public List<Selected> select(List<String> names) {
        for (String name : names) {
            if (name.indexOf('*') >= 0 || name.indexOf('?') >= 0) {
                selectMatching(name);
            } else {
                select(name, List.of(), null, "request tasks", 0);
            }
        }
        return List.copyOf(selected.values());
    }

    private void selectMatching(String pattern) {
        Pattern regex =
                Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
        List<String> matching = index.names().stream()
                .filter(name -> regex.matcher(name).matches())
                .toList();
        if (matching.isEmpty()) {
            problems.add("request tasks", "no task, group or tag matches \"" + pattern + "\"");
        }
        matching.forEach(name -> select(name, List.of(), null, "request tasks", 0));
    }

    private void select(String name, List<RunGroup> groups, @Nullable Config overrides, String where, int depth) {
        Config config = inline.containsKey(name) ? inline.get(name) : index.tasks.get(name);
        if (config != null && !(config.get("task") instanceof List<?>)) {
            add(name, overrides == null ? config : config.overlaidBy(overrides), groups);
        } else if (config != null || index.groups.containsKey(name)) {
            group(
                    config != null ? config : Objects.requireNonNull(index.groups.get(name)),
                    groups,
                    overrides,
                    depth + 1);
        } else if (index.tags.containsKey(name)) {
            Objects.requireNonNull(index.tags.get(name)).stream()
                    .sorted()
                    .forEach(task -> select(task, groups, overrides, where, depth + 1));
        } else {
            problems.add(
                    where,
                    "there is no task, group or tag \"" + name + "\" in "
                            + (library.folders().isEmpty() ? "any folder (none is set)" : shown(library.folders()))
                            + NearestName.hint(name, index.names()));
        }
    }

    private static String shown(List<Path> folders) {
        return String.join(", ", folders.stream().map(Path::toString).toList());
    }

    private void add(String name, Config config, List<RunGroup> groups) {
        Selected known = selected.get(name);
        if (known != null) {
            if (!known.config().values().equals(config.values())) {
                problems.add(
                        config.where("task"),
                        "task \"" + name
                                + "\" is asked for twice with different settings; give one of them another name");
            }
            var all = new ArrayList<>(known.groups());
            groups.stream().filter(group -> !all.contains(group)).forEach(all::add);
            selected.put(name, new Selected(name, known.config(), known.folder(), all));
            return;
        }
        Path folder = inline.containsKey(name)
                ? null
                : Path.of(config.place("").file()).toAbsolutePath().getParent();
        var values = new LinkedHashMap<>(config.values());
        values.put("task", name);
        selected.put(name, new Selected(name, new Config(values, config.places()), folder, groups));
    }

    private void group(Config config, List<RunGroup> outer, @Nullable Config given, int depth) {
        if (depth > DEEPEST) {
            problems.add(config.where("group"), "groups are nested more than " + DEEPEST + " deep; is it a circle?");
            return;
        }
        var groups = new ArrayList<>(outer);
        groups.add(runGroup(config));
        Config overrides = memberKeys(config);
        overrides = given == null ? overrides : overrides.overlaidBy(given);
        List<?> members = config.get("task") instanceof List<?> list ? list : List.of();
        for (int i = 0; i < members.size(); i++) {
            member(members.get(i), config, "task[" + i + "]", groups, overrides, depth);
        }
    }

    // What a group says beside what makes it a group holds for its members.
    private static Config memberKeys(Config group) {
        var values = new LinkedHashMap<>(group.values());
        values.keySet().removeAll(GROUP_KEYS);
        return new Config(values, group.places());
    }

    @SuppressWarnings("unchecked") // keys of a YAML mapping are text here
    private void member(
            @Nullable Object member,
            Config group,
            String path,
            List<RunGroup> groups,
            @Nullable Config overrides,
            int depth) {
        if (!(member instanceof Map<?, ?> map)) {
            select(Python.str(member), groups, overrides, group.where(path), depth);
            return;
        }
        Config own = group.part(path, (Map<String, @Nullable Object>) map);
        Config all = overrides == null ? own : own.overlaidBy(overrides);
        if (own.get("task") instanceof List<?>) {
            group(own, groups, overrides, depth + 1);
        } else if (own.get("group") instanceof String name) {
            select(name, groups, all.without("group"), group.where(path), depth);
        } else if (own.get("task") instanceof String name
                && !index.tasks.containsKey(name)
                && own.has("dataset_path")) {
            add(name, all, groups);
        } else if (own.get("task") instanceof String name) {
            select(name, groups, all.without("task"), group.where(path), depth);
        } else {
            problems.add(group.where(path), "a member of a group is a name, or a mapping with the key task or group");
        }
    }

    private static RunGroup runGroup(Config config) {
        var metrics = new ArrayList<String>();
        var filters = new ArrayList<String>();
        boolean weightBySize = true;
        if (config.get("aggregate_metric_list") instanceof List<?> list) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> map && map.get("metric") != null) {
                    metrics.add(Python.str(map.get("metric")));
                    filters.addAll(TaskIndex.names(map.get("filter_list")));
                    weightBySize = weightBySize && !Boolean.FALSE.equals(map.get("weight_by_size"));
                }
            }
        }
        String name = Python.str(config.get("group"));
        Object version = config.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("version") : null;
        return RunGroup.newBuilder()
                .setName(name)
                .setAlias(Objects.requireNonNullElse(config.get("group_alias"), name)
                        .toString())
                .setMetrics(metrics)
                .setWeightBySize(weightBySize)
                .setFilters(filters.stream().distinct().toList())
                .setVersion(version == null ? "N/A" : Python.str(version))
                .build();
    }
}
