package dev.evalfleet.loadtest.process;

import dev.evalfleet.local.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// A broker as a process of its own: `BrokerMain FOLDER PORT`, followed by `CLUSTER NODE CONTROLLER-PORT...` for one of
/// several. Ends with the process that started it.
final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] args) throws InterruptedException {
        Parent.endWithIt();
        Path folder = Path.of(args[0]);
        int port = Integer.parseInt(args[1]);
        EmbeddedBroker broker =
                args.length == 2 ? EmbeddedBroker.start(folder, port) : EmbeddedBroker.start(folder, port, seat(args));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop"));
        Thread.currentThread().join();
    }

    private static EmbeddedBroker.Seat seat(String[] args) {
        Map<Integer, Integer> controllers = new TreeMap<>();
        for (int next = 4; next < args.length; next++) {
            controllers.put(next - 3, Integer.parseInt(args[next]));
        }
        return new EmbeddedBroker.Seat(Integer.parseInt(args[3]), args[2], controllers);
    }
}
