package dev.evalfleet.producer.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a task says about its data: the loader, the files of each split, and where relative paths start.
///
/// @param loader lm-eval's `dataset_path`: json or csv, or the name of a dataset on a hub
/// @param name lm-eval's `dataset_name`, a hub's configuration
/// @param files per split: local paths or http(s) URLs, as written
/// @param field the field of a JSON file that holds the documents
/// @param delimiter between the cells of a CSV file
/// @param folder where the YAML stands; null for a task written into a request
/// @param where place of the declaration, for messages
public record DatasetSource(
        String loader,
        @Nullable String name,
        Map<String, List<String>> files,
        @Nullable String field,
        @Nullable String delimiter,
        @Nullable Path folder,
        String where) {}
