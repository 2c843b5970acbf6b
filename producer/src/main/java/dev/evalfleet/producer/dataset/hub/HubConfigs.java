package dev.evalfleet.producer.dataset.hub;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DatasetSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The configurations of a dataset, the splits of each and the files of each split.
record HubConfigs(Map<String, Map<String, List<HubFile>>> configs) {
    // CONFIG/SPLIT/0000.parquet, CONFIG/partial-SPLIT/0000.parquet, and as the hub wrote it before:
    // CONFIG/NAME-SPLIT.parquet
    private static final Pattern SHARD = Pattern.compile("([^/]+)/([^/]+)/\\d+\\.parquet");
    private static final Pattern OLD_SHARD =
            Pattern.compile("([^/]+)/[^/]+?-([A-Za-z0-9_.]+?)(?:-\\d{5}-of-\\d{5})?\\.parquet");
    private static final String PARTIAL = "partial-";

    /// The configurations on the converted branch.
    static HubConfigs converted(List<HubFile> files) {
        var configs = new LinkedHashMap<String, Map<String, List<HubFile>>>();
        for (HubFile file : files) {
            Matcher shard = SHARD.matcher(file.path());
            Matcher old = OLD_SHARD.matcher(file.path());
            Matcher found = shard.matches() ? shard : old.matches() ? old : null;
            if (found != null) {
                configs.computeIfAbsent(found.group(1), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(found.group(2), _ -> new ArrayList<>())
                        .add(file);
            }
        }
        return new HubConfigs(configs);
    }

    /// The splits of the configuration the source names, or of the one that is meant where it names none.
    ///
    /// @param preferred the one its owner marks as the default, looked up only where it matters
    Map<String, List<HubFile>> config(DatasetSource source, Choice preferred) throws DatasetException {
        String name = source.name() != null ? source.name() : defaultName(preferred);
        Map<String, List<HubFile>> splits = name == null ? null : configs.get(name);
        if (splits == null) {
            throw DatasetException.lasting(
                    source.where(),
                    "the dataset " + source.loader()
                            + (source.name() == null
                                    ? " has several configurations; choose one in dataset_name: "
                                    : " has no configuration \"" + source.name() + "\" (dataset_name); it has ")
                            + String.join(
                                    ", ", configs.keySet().stream().sorted().toList()));
        }
        return splits;
    }

    /// Looks up a configuration's name.
    @FunctionalInterface
    interface Choice {
        @Nullable
        String name() throws DatasetException;
    }

    private @Nullable String defaultName(Choice preferred) throws DatasetException {
        if (configs.size() == 1) {
            return configs.keySet().iterator().next();
        }
        return configs.containsKey("default") ? "default" : preferred.name();
    }

    /// The files of a split, in order.
    static List<HubFile> split(Map<String, List<HubFile>> splits, String split, DatasetSource source)
            throws DatasetException {
        List<HubFile> files = splits.get(split);
        if (files != null && !files.isEmpty()) {
            return files;
        }
        if (splits.containsKey(PARTIAL + split)) {
            throw DatasetException.lasting(
                    source.where(),
                    "the hub converted only the first part of the split \"" + split + "\" of " + source.loader()
                            + " to Parquet; set dataset_kwargs.revision to main to read its own files");
        }
        throw DatasetException.lasting(
                source.where(),
                "the dataset " + source.loader() + (source.name() == null ? "" : " (" + source.name() + ")")
                        + " has no split \"" + split + "\"; it has "
                        + (splits.isEmpty() ? "none" : String.join(", ", splits.keySet())));
    }

    /// The commit, or a message that says what exists.
    static String required(@Nullable String commit, Supplier<DatasetException> missing) throws DatasetException {
        if (commit == null) {
            throw missing.get();
        }
        return commit;
    }
}
