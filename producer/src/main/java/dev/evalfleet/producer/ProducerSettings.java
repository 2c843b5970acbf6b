package dev.evalfleet.producer;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.HubAccess;
import dev.evalfleet.producer.dispatch.DispatchSettings;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// The section `producer`.
///
/// @param name of this producer among others; its transactions are known by it
/// @param taskDirs folders with task YAML; of a task that is in two of them the first counts
/// @param spoolDir where documents are kept while they are needed
/// @param mostRuns of one request
/// @param patience how long data that cannot be had are waited for before a request is refused
public record ProducerSettings(
        String name,
        List<Path> taskDirs,
        Path spoolDir,
        DataAccess data,
        PoolCatalogue pools,
        DispatchSettings dispatch,
        int mostRuns,
        Duration patience) {
    public ProducerSettings {
        taskDirs = List.copyOf(taskDirs);
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException(
                    "producer.name must be 1 to 100 letters, digits, '.', '_' or '-', but is \"" + name + "\"");
        }
        for (Path folder : taskDirs) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("producer.task-dirs: there is no folder " + folder.toAbsolutePath());
            }
        }
        if (mostRuns < 1) {
            throw new IllegalArgumentException("producer.max-runs must be at least 1, was " + mostRuns);
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("producer.data-patience must not be negative, was " + patience);
        }
    }

    public static ProducerSettings from(Settings settings) {
        int partitions = settings.section("topics").integer("sample-partitions", Topics.DEFAULT_SAMPLE_PARTITIONS);
        Settings producer = settings.section("producer");
        String name = producer.string("name", defaultName());
        List<Path> taskDirs = paths(producer, "task-dirs");
        Path spoolDir = producer.path("spool-dir", Path.of(System.getProperty("java.io.tmpdir"), "evalfleet-spool"));
        Path dataDir = producer.has("data-dir") ? producer.path("data-dir") : DataAccess.dataDirOfEnvironment();
        List<Path> inlineDirs = paths(producer, "inline-data-dirs");
        boolean allowPrivate = producer.flag("allow-private-addresses", false);
        long downloadLimit = producer.whole("download-limit", DataAccess.DEFAULT_MAX_BYTES);
        int downloadRatio = producer.integer("download-ratio", DataAccess.DEFAULT_MAX_RATIO);
        HubAccess hub = HubAccess.from(producer.section("hub"), System.getenv());
        Duration downloadTimeout = producer.duration("download-timeout", Duration.ofSeconds(30));
        PoolCatalogue pools = PoolCatalogue.from(producer, partitions);
        DispatchSettings dispatch = DispatchSettings.from(producer);
        int mostRuns = producer.integer("max-runs", 1000);
        Duration patience = producer.duration("data-patience", Duration.ofMinutes(5));
        return producer.build(() -> new ProducerSettings(
                name,
                taskDirs,
                spoolDir,
                new DataAccess(
                        dataDir,
                        inlineDirs,
                        spoolDir.resolve("downloads"),
                        allowPrivate,
                        downloadLimit,
                        downloadRatio,
                        downloadTimeout,
                        hub),
                pools,
                dispatch,
                mostRuns,
                patience));
    }

    private static List<Path> paths(Settings producer, String key) {
        return producer.strings(key).stream().map(Path::of).toList();
    }

    private static String defaultName() {
        String host = System.getenv("HOSTNAME");
        return host == null || !host.matches("[A-Za-z0-9._-]{1,90}")
                ? UUID.randomUUID().toString()
                : host + "-" + ProcessHandle.current().pid();
    }
}
