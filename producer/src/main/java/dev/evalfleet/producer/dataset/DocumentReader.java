package dev.evalfleet.producer.dataset;

import java.io.Closeable;
import org.jspecify.annotations.Nullable;

/// Reads the documents of one file, first to last, without holding them.
public interface DocumentReader extends Closeable {
    /// Null at the end.
    @Nullable
    Document next() throws DatasetException;
}
