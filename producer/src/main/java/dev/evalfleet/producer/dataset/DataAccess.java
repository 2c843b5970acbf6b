package dev.evalfleet.producer.dataset;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which data the producer may read.
///
/// @param dataDir what `${EVALFLEET_DATA_DIR}` in a path stands for; null: not set
/// @param inlineDirs folders whose files a task written into a request may read; files of tasks in folders are not
///     limited
/// @param cacheDir where downloads are kept
/// @param allowPrivateAddresses whether URLs may lead to loopback, link-local and private addresses
/// @param maxBytes size limit of one download
/// @param timeout of connecting, and of waiting for the next bytes
public record DataAccess(
        @Nullable Path dataDir,
        List<Path> inlineDirs,
        Path cacheDir,
        boolean allowPrivateAddresses,
        long maxBytes,
        Duration timeout) {
    /// The variable in a path that [#dataDir] replaces.
    public static final String DATA_DIR_VARIABLE = "${EVALFLEET_DATA_DIR}";

    public DataAccess {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("producer.download-limit must be at least 1 byte, was " + maxBytes);
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("producer.download-timeout must be positive, was " + timeout);
        }
    }

    /// For planning on the machine of the one who asks.
    public static DataAccess local(Path cacheDir) {
        return new DataAccess(dataDirOfEnvironment(), List.of(), cacheDir, false, 2L << 30, Duration.ofSeconds(30));
    }

    /// What the environment variable `EVALFLEET_DATA_DIR` names.
    public static @Nullable Path dataDirOfEnvironment() {
        String folder = System.getenv("EVALFLEET_DATA_DIR");
        return folder == null || folder.isBlank() ? null : Path.of(folder);
    }
}
