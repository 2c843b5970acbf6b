package dev.evalfleet.producer.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How files are read: what `dataset_kwargs` says beside `data_files`.
///
/// @param field the field of a JSON file that holds the documents
/// @param separator between the cells of a CSV file; null: a tab in .tsv files, else a comma
/// @param quote around cells of a CSV file that hold the separator
/// @param columnNames of a CSV file without a line of names, or in place of that line
/// @param header where the names of a CSV file are: 0 for its first line, null for nowhere
/// @param columns the only ones to read; empty: all
/// @param keepMissingWords whether NA, null, None and the like mean a missing value in a CSV file, as the empty cell
///     does
/// @param folder that files are looked for in: `data_dir`
/// @param revision of a hub's dataset: a branch, a tag or a commit
public record DataOptions(
        @Nullable String field,
        @Nullable Character separator,
        char quote,
        List<String> columnNames,
        @Nullable Integer header,
        List<String> columns,
        boolean keepMissingWords,
        @Nullable String folder,
        @Nullable String revision) {
    public static final DataOptions DEFAULT =
            new DataOptions(null, null, '"', List.of(), 0, List.of(), true, null, null);

    /// These with another separator.
    public DataOptions separatedBy(char other) {
        return new DataOptions(field, other, quote, columnNames, header, columns, keepMissingWords, folder, revision);
    }

    /// These with the documents of JSON files in a field.
    public DataOptions inField(String other) {
        return new DataOptions(
                other, separator, quote, columnNames, header, columns, keepMissingWords, folder, revision);
    }

    /// These at a revision of the hub's dataset.
    public DataOptions at(@Nullable String other) {
        return new DataOptions(field, separator, quote, columnNames, header, columns, keepMissingWords, folder, other);
    }
}
