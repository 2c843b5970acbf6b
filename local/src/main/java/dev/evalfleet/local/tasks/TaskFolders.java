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

    List<Path> all() {
        List<Path> all = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw CommandException.usage("--tasks-dir " + folder + ": there is no such folder");
            }
            all.add(folder.toAbsolutePath().normalize());
        }
        Path bundled = Home.find().tasks();
        if (Files.isDirectory(bundled)) {
            all.add(bundled);
        }
        return all;
    }
}
