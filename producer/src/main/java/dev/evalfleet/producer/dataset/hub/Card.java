package dev.evalfleet.producer.dataset.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What a dataset's README.md says about its configurations, in the YAML at its top.
///
/// @param configs per name the patterns of each split's files; empty: it does not say
/// @param preferred the configuration that is meant when none is named
record Card(Map<String, Map<String, List<String>>> configs, @Nullable String preferred) {
    static final String FILE = "README.md";
    static final Card EMPTY = new Card(Map.of(), null);

    static Card read(Path readme) throws IOException {
        String text = Files.readString(readme);
        int end = text.startsWith("---") ? text.indexOf("\n---", 3) : -1;
        if (end < 0) {
            return EMPTY;
        }
        try {
            Object top = new Load(LoadSettings.builder().build()).loadFromString(text.substring(3, end));
            return top instanceof Map<?, ?> map && map.get("configs") instanceof List<?> list ? of(list) : EMPTY;
        } catch (YamlEngineException e) {
            return EMPTY; // the hub shows a card all the same
        }
    }

    private static Card of(List<?> list) {
        var configs = new LinkedHashMap<String, Map<String, List<String>>>();
        String preferred = null;
        for (Object entry : list) {
            if (entry instanceof Map<?, ?> config && config.get("data_files") != null) {
                String name = Objects.requireNonNullElse(config.get("config_name"), "default")
                        .toString();
                configs.put(name, splits(config.get("data_files"), config.get("data_dir")));
                preferred = Boolean.TRUE.equals(config.get("default")) ? name : preferred;
            }
        }
        return new Card(configs, preferred);
    }

    // A pattern, patterns, or an entry with split and path for each split.
    private static Map<String, List<String>> splits(@Nullable Object files, @Nullable Object folder) {
        var splits = new LinkedHashMap<String, List<String>>();
        if (files instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map<?, ?>) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> split && split.get("split") != null) {
                    splits.put(split.get("split").toString(), patterns(split.get("path"), folder));
                }
            }
        } else {
            splits.put("train", patterns(files, folder));
        }
        return splits;
    }

    private static List<String> patterns(@Nullable Object named, @Nullable Object folder) {
        List<?> list = named instanceof List<?> several ? several : named == null ? List.of() : List.of(named);
        return list.stream()
                .map(pattern -> folder == null ? pattern.toString() : folder + "/" + pattern)
                .toList();
    }
}
