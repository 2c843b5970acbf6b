package dev.evalfleet.loadtest.process;

import dev.evalfleet.local.embedded.EmbeddedRegistry;
import java.nio.file.Path;

/// A schema registry as a process of its own: `RegistryMain FOLDER PORT`. Ends with the process that started it.
final class RegistryMain {
    private RegistryMain() {}

    public static void main(String[] args) throws InterruptedException {
        Parent.endWithIt();
        EmbeddedRegistry registry = EmbeddedRegistry.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(registry::close, "stop"));
        Thread.currentThread().join();
    }
}
