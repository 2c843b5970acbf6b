package dev.evalfleet.producer.task;

import dev.evalfleet.producer.python.Python;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The task's `metadata`: lm-eval leaves its content free; evalfleet reads `version`, `slices`, `cluster` and
/// `dataset_check` from it.
final class MetadataReader {
    private final ConfigReader metadata;

    MetadataReader(ConfigReader task) {
        this.metadata = task.section("metadata");
    }

    String version() {
        Object version = metadata.value("version");
        return version == null ? "0" : Python.str(version);
    }

    List<String> slices() {
        return TaskIndex.names(metadata.value("slices"));
    }

    @Nullable
    String cluster() {
        return metadata.text("cluster");
    }

    TaskDefinition.DatasetRules rules() {
        if (!metadata.has("dataset_check")) {
            return TaskDefinition.DatasetRules.NONE;
        }
        ConfigReader rules = metadata.section("dataset_check");
        rules.refuseOthers(Set.of("rows", "min_length", "max_length", "duplicates", "empty", "nulls"));
        return new TaskDefinition.DatasetRules(
                rules.whole("rows"),
                rules.whole("min_length"),
                rules.whole("max_length"),
                choice(rules, "duplicates", "warn", "refuse"),
                choice(rules, "empty", "warn", "refuse"),
                choice(rules, "nulls", "refuse", "allow"));
    }

    private static boolean choice(ConfigReader rules, String key, String usual, String other) {
        String given = rules.text(key, usual);
        if (!given.equals(usual) && !given.equals(other)) {
            rules.problem(key, "must be " + usual + " or " + other + ", but is \"" + given + "\"");
        }
        return given.equals(other);
    }
}
