package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Files that take the place of a task's dataset: `FILE` for every split, `SPLIT=FILE` for one.
final class RenderData {
    private static final List<String> SPLIT_KEYS =
            List.of("training_split", "validation_split", "test_split", "fewshot_split");

    private final @Nullable Path everySplit;
    private final Map<String, Path> bySplit;

    private RenderData(@Nullable Path everySplit, Map<String, Path> bySplit) {
        this.everySplit = everySplit;
        this.bySplit = bySplit;
    }

    static RenderData of(List<String> given) {
        Path everySplit = null;
        var bySplit = new TreeMap<String, Path>();
        for (String argument : given) {
            int sign = argument.indexOf('=');
            boolean isWhole = sign < 0 || Files.exists(Path.of(argument));
            Path file = Path.of(isWhole ? argument : argument.substring(sign + 1))
                    .toAbsolutePath()
                    .normalize();
            if (!Files.isRegularFile(file)) {
                throw CommandException.usage("--data " + argument + ": there is no file " + file);
            }
            if (isWhole) {
                everySplit = file;
            } else {
                bySplit.put(argument.substring(0, sign), file);
            }
        }
        return new RenderData(everySplit, bySplit);
    }

    /// The task with these files as its dataset.
    Config put(Config task) {
        var files = new LinkedHashMap<String, Object>();
        for (String split : splits(task)) {
            Path file = bySplit.getOrDefault(split, everySplit);
            if (file != null) {
                files.put(split, List.of(file.toString()));
            }
        }
        if (files.isEmpty()) {
            return task;
        }
        var changed = new LinkedHashMap<String, @Nullable Object>();
        Path sample = everySplit == null ? bySplit.values().iterator().next() : everySplit;
        changed.put("dataset_path", loader(sample));
        changed.put("dataset_name", null);
        changed.put("custom_dataset", null);
        changed.put("dataset_kwargs", Map.of("data_files", files));
        var places = new LinkedHashMap<String, Place>();
        changed.keySet().forEach(key -> places.put(key, new Place("--data", 0)));
        return task.overlaidBy(new Config(changed, places));
    }

    private static List<String> splits(Config task) {
        var named = new java.util.ArrayList<String>();
        SPLIT_KEYS.forEach(key -> add(named, task.get(key)));
        if (task.get("fewshot_config") instanceof Map<?, ?> fewshot) {
            add(named, fewshot.get("split"));
        }
        return named;
    }

    private static void add(List<String> named, @Nullable Object split) {
        if (split != null && !named.contains(split.toString())) {
            named.add(split.toString());
        }
    }

    private static String loader(Path file) {
        String name =
                String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
        return name.endsWith(".csv") || name.endsWith(".tsv") ? "csv" : name.endsWith(".parquet") ? "parquet" : "json";
    }
}
