package dev.evalfleet.local.harness;

import dev.evalfleet.schemas.avro.RunGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The groups through which tasks were asked for, and what each of them holds.
final class GroupTree {
    private final Map<String, RunGroup> groups = new LinkedHashMap<>();
    private final Map<String, Set<String>> children = new LinkedHashMap<>();
    private final Map<String, List<TaskLog>> tasks = new LinkedHashMap<>();

    static GroupTree of(List<TaskLog> logs) {
        var tree = new GroupTree();
        logs.forEach(tree::add);
        return tree;
    }

    private void add(TaskLog log) {
        List<RunGroup> path = log.plan().getGroups();
        for (int i = 0; i < path.size(); i++) {
            RunGroup group = path.get(i);
            groups.putIfAbsent(group.getName(), group);
            boolean isLast = i + 1 == path.size();
            children.computeIfAbsent(group.getName(), _ -> new LinkedHashSet<>())
                    .add(isLast ? log.task().name() : path.get(i + 1).getName());
            tasks.computeIfAbsent(group.getName(), _ -> new ArrayList<>()).add(log);
        }
    }

    /// Inner groups before those around them.
    List<RunGroup> bottomUp() {
        var ordered = new ArrayList<RunGroup>();
        var seen = new LinkedHashSet<String>();
        groups.keySet().forEach(name -> visit(name, seen, ordered));
        return ordered;
    }

    private void visit(String name, Set<String> seen, List<RunGroup> ordered) {
        if (groups.containsKey(name) && seen.add(name)) {
            children(name).forEach(child -> visit(child, seen, ordered));
            ordered.add(groups.get(name));
        }
    }

    List<String> children(String group) {
        return List.copyOf(children.getOrDefault(group, Set.of()));
    }

    List<TaskLog> tasks(String group) {
        return tasks.getOrDefault(group, List.of());
    }
}
