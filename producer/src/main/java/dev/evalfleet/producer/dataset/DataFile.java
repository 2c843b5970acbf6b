package dev.evalfleet.producer.dataset;

import java.nio.file.Path;

/// One file on this machine, ready to be read.
///
/// @param label how it was named, for messages
/// @param loader its format: json, csv, parquet or text
/// @param mostBytes how much it may unpack to; what was fetched is not trusted
public record DataFile(Path path, String label, String loader, long mostBytes) {
    /// A file of the machine's owner: unpacks to whatever it holds.
    public static DataFile local(Path path, String loader) {
        return new DataFile(path, path.toString(), loader, Long.MAX_VALUE);
    }
}
