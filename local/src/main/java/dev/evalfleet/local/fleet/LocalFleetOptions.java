package dev.evalfleet.local.fleet;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a fleet in this process is told.
public final class LocalFleetOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Keep everything here, for the next start. Default: a temporary folder.")
    private @Nullable Path dataDir;

    @Option(
            names = "--tasks-dir",
            paramLabel = "FOLDER",
            description = "More tasks, beside the bundled ones; may be repeated.")
    private List<Path> tasksDirs = new ArrayList<>();

    @Option(names = "--dashboard-port", paramLabel = "PORT", description = "Default: a free port.")
    private int dashboardPort;

    @Option(names = "--broker-port", paramLabel = "PORT", description = "Default: a free port.")
    private int brokerPort;

    @Option(names = "--registry-port", paramLabel = "PORT", description = "Default: a free port.")
    private int registryPort;

    @Option(names = "--concurrency", paramLabel = "N", description = "Samples a worker runs at once. Default: 16.")
    private int concurrency = 16;

    public Place place() {
        return new Place(dataDir, taskDirs(), new Ports(brokerPort, registryPort, dashboardPort));
    }

    public int concurrency() {
        if (concurrency < 1 || concurrency > 10_000) {
            throw CommandException.usage("--concurrency must be between 1 and 10000, but is " + concurrency);
        }
        return concurrency;
    }

    /// The folders that were given.
    public List<Path> ownTaskDirs() {
        for (Path folder : tasksDirs) {
            if (!Files.isDirectory(folder)) {
                throw CommandException.usage("--tasks-dir " + folder + ": there is no such folder");
            }
        }
        return tasksDirs.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
    }

    /// The user's folders first: their tasks may replace bundled ones.
    private List<Path> taskDirs() {
        List<Path> all = new ArrayList<>(ownTaskDirs());
        all.add(Home.find().tasks());
        return all;
    }
}
