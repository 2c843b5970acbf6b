package dev.evalfleet.producer.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a task says about its data: the loader, the files of each split, and where relative paths start.
///
/// @param loader lm-eval's `dataset_path`: json, csv, parquet or text, a local folder, or the name of a dataset on
///     the hub
/// @param name lm-eval's `dataset_name`, a hub's configuration
/// @param files per split: local paths, http(s) URLs or hf:// names, as written
/// @param options how the files are read
/// @param folder where the YAML stands; null for a task written into a request
/// @param where place of the declaration, for messages
public record DatasetSource(
        String loader,
        @Nullable String name,
        Map<String, List<String>> files,
        DataOptions options,
        @Nullable Path folder,
        String where) {
    private static final Set<String> FORMATS = Set.of("json", "csv", "parquet", "text");

    /// Whether the loader names a file format and not a dataset.
    public boolean isFormat() {
        return FORMATS.contains(loader);
    }
}
