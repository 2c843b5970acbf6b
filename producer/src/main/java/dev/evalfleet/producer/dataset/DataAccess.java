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
/// @param cacheDir where files fetched from URLs are kept
/// @param allowPrivateAddresses whether URLs may lead to loopback, link-local and private addresses
/// @param maxBytes size limit of one download
/// @param maxRatio how many times its size a packed file that was fetched may unpack to
/// @param timeout of connecting, and of waiting for the next bytes
public record DataAccess(
        @Nullable Path dataDir,
        List<Path> inlineDirs,
        Path cacheDir,
        boolean allowPrivateAddresses,
        long maxBytes,
        int maxRatio,
        Duration timeout,
        HubAccess hub) {
    /// The variable in a path that [#dataDir] replaces.
    public static final String DATA_DIR_VARIABLE = "${EVALFLEET_DATA_DIR}";

    /// Eight times the largest Parquet shard that the hub makes.
    public static final long DEFAULT_MAX_BYTES = 4L << 30;

    public static final int DEFAULT_MAX_RATIO = 200;
    private static final long ALWAYS_ALLOWED = 64L << 20;

    public DataAccess {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("producer.download-limit must be at least 1 byte, was " + maxBytes);
        }
        if (maxRatio < 1) {
            throw new IllegalArgumentException("producer.download-ratio must be at least 1, was " + maxRatio);
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("producer.download-timeout must be positive, was " + timeout);
        }
    }

    /// For planning on the machine of the one who asks.
    public static DataAccess local(Path cacheDir) {
        return new DataAccess(
                dataDirOfEnvironment(),
                List.of(),
                cacheDir,
                Boolean.parseBoolean(System.getenv("EVALFLEET_PRODUCER_ALLOW_PRIVATE_ADDRESSES")),
                DEFAULT_MAX_BYTES,
                DEFAULT_MAX_RATIO,
                Duration.ofSeconds(30),
                HubAccess.of(System.getenv()));
    }

    /// What the environment variable `EVALFLEET_DATA_DIR` names.
    public static @Nullable Path dataDirOfEnvironment() {
        String folder = System.getenv("EVALFLEET_DATA_DIR");
        return folder == null || folder.isBlank() ? null : Path.of(folder);
    }

    /// This with other folders for inline tasks.
    public DataAccess readingInline(List<Path> folders) {
        return new DataAccess(dataDir, folders, cacheDir, allowPrivateAddresses, maxBytes, maxRatio, timeout, hub);
    }

    /// How much a fetched file of that size may unpack to.
    public long mostUnpacked(long size) {
        return Math.max(ALWAYS_ALLOWED, size > Long.MAX_VALUE / maxRatio ? Long.MAX_VALUE : size * maxRatio);
    }
}
