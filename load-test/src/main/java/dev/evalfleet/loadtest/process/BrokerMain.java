package dev.evalfleet.loadtest.process;

import dev.evalfleet.local.embedded.EmbeddedBroker;
import java.nio.file.Path;

/// A broker as a process of its own: `BrokerMain FOLDER PORT`. Ends with the process that started it.
final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] args) throws InterruptedException {
        Parent.endWithIt();
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop"));
        Thread.currentThread().join();
    }
}
