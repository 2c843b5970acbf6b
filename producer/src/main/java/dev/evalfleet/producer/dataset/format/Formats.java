package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DocumentReader;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The reader for each format.
public final class Formats {
    private Formats() {}

    /// Opens a reader for the format of the file.
    public static DocumentReader open(DataFile file, DataOptions options) throws DatasetException {
        try {
            return switch (file.loader()) {
                case "csv" -> new CsvDocuments(file, separated(file, options));
                case "parquet" -> ParquetDocuments.open(file, options);
                case "text" -> new TextDocuments(Compression.open(file), file.label());
                default -> new JsonDocuments(Compression.open(file), file.label(), options.field());
            };
        } catch (IOException e) {
            throw DatasetException.lasting(file.label(), "cannot be read: " + e.getMessage());
        }
    }

    /// The format a file's name tells; null where it tells none that can be read.
    public static @Nullable String ofName(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("\\.(gz|zst|zstd)$", "");
        return switch (plain.substring(plain.lastIndexOf('.') + 1)) {
            case "parquet", "geoparquet", "gpq" -> "parquet";
            case "json", "jsonl", "ndjson" -> "json";
            case "csv", "tsv" -> "csv";
            case "txt" -> "text";
            default -> null;
        };
    }

    private static DataOptions separated(DataFile file, DataOptions options) {
        if (options.separator() != null) {
            return options;
        }
        boolean tabs = file.label().toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.gz|\\.zst|\\.zstd)?");
        return options.separatedBy(tabs ? '\t' : ',');
    }
}
