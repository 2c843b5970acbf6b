package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// Where tasks are looked for.
final class TaskFolders {

    @Option(
            names = "--tasks-dir",
            paramLabel = "FOLDER",
            description = "More tasks, beside the bundled ones; may be repeated.")
    private List<Path> folders = new ArrayList<>();

    /// The folders that were named; the bundled one where none was.
    List<Path> namedOrBundled() {
        List<Path> named = named();
        return named.isEmpty() ? all() : named;
    }

    /// The folders that were named, then the bundled one.
    List<Path> all() {
        List<Path> all = named();
        Path bundled = Home.find().tasks();
        if (Files.isDirectory(bundled)) {
            all.add(bundled);
        }
        return all;
    }

    private List<Path> named() {
        List<Path> all = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw CommandException.usage("--tasks-dir " + folder + ": there is no such folder");
            }
            all.add(folder.toAbsolutePath().normalize());
        }
        return all;
    }
}
