package dev.evalfleet.loadtest.process;

import java.util.concurrent.CompletableFuture;

/// The process that started this one.
final class Parent {
    private Parent() {}

    /// Ends this process when its parent is gone.
    static void endWithIt() {
        ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
        if (parent != null) {
            CompletableFuture<Void> unused =
                    parent.onExit().thenAccept(_ -> Runtime.getRuntime().halt(1));
        }
    }
}
