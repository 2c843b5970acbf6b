package dev.evalfleet.producer.dataset;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Access to data in tests: no hub, no long waits.
public final class DataUnderTest {
    private DataUnderTest() {}

    public static DataAccess access(@Nullable Path dataDir, Path cache) {
        return access(dataDir, cache, false, 1 << 20, hub("http://127.0.0.1:1", cache));
    }

    public static DataAccess access(
            @Nullable Path dataDir, Path cache, boolean allowPrivate, long limit, HubAccess hub) {
        return new DataAccess(
                dataDir,
                List.of(),
                cache,
                allowPrivate,
                limit,
                DataAccess.DEFAULT_MAX_RATIO,
                Duration.ofSeconds(5),
                hub);
    }

    public static HubAccess hub(String endpoint, Path cache) {
        return new HubAccess(URI.create(endpoint), null, cache.resolve("hub"), false);
    }

    /// All documents of a split, in order.
    public static List<Map<String, @Nullable Object>> documents(SpoolStore spools, DatasetSource source, String split)
            throws DatasetException {
        try (SpoolStore.Lease lease = spools.open(source, split, Long.MAX_VALUE)) {
            var all = new ArrayList<Map<String, @Nullable Object>>();
            for (int row = 0; row < lease.spool().size(); row++) {
                all.add(lease.spool().at(row));
            }
            return all;
        }
    }
}
