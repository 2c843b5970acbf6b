package dev.evalfleet.local;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where the bundled tasks and models are: `EVALFLEET_HOME`, which the launcher sets, else the source tree around
/// the working directory.
public record Home(Path folder) {

    public static Home find() {
        String given = System.getProperty("evalfleet.home", System.getenv().getOrDefault("EVALFLEET_HOME", ""));
        if (!given.isEmpty()) {
            return new Home(Path.of(given).toAbsolutePath().normalize());
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("tasks")) && Files.isDirectory(folder.resolve("local"))) {
                return new Home(folder);
            }
        }
        return new Home(here);
    }

    public Path tasks() {
        return folder.resolve("tasks");
    }

    /// The folder of a bundled model.
    public Path model(String name) {
        Path model = folder.resolve("local").resolve("models").resolve(name);
        if (!Files.isRegularFile(model.resolve("model.onnx"))) {
            throw CommandException.failed("The bundled model " + name + " is not in " + model
                    + ". Set EVALFLEET_HOME to the evalfleet source tree, or start with its ./evalfleet.");
        }
        return model;
    }
}
