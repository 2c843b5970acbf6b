package dev.evalfleet.loadtest.process;

import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.local.embedded.FreePorts;
import dev.evalfleet.runtime.kafka.Fleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// A whole fleet on this machine's loopback, every part a process of its own, started through its real entry point.
public final class ProcessFleet implements AutoCloseable {
    private static final Duration BROKER_UP = Duration.ofMinutes(5);
    private static final Duration GLANCE = Duration.ofMillis(400);

    private final Path folder;
    private final Configs configs;
    private final List<Member> brokers = new ArrayList<>();
    private final Member registry;
    private final List<Integer> brokerPorts;
    private final int registryPort;
    private final List<Member> others = new ArrayList<>();
    private final Thread supervisor;
    private volatile boolean watching = true;

    private ProcessFleet(Path folder, Cast cast, Path tasks, String modelUrl) {
        this.folder = folder;
        List<Integer> free = FreePorts.several(2 * cast.brokers() + 1);
        this.brokerPorts = free.subList(0, cast.brokers());
        this.registryPort = free.getLast();
        String bootstrap = brokerPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        this.configs = new Configs(cast, bootstrap, "http://127.0.0.1:" + registryPort, tasks, modelUrl);
        brokers(free.subList(cast.brokers(), 2 * cast.brokers()));
        this.registry =
                infrastructure("registry", Role.REGISTRY, RegistryMain.class, List.of(String.valueOf(registryPort)));
        for (int number = 1; number <= cast.producers(); number++) {
            producer(number);
        }
        for (int number = 1; number <= cast.workers(); number++) {
            worker(number);
        }
        for (int number = 1; number <= cast.aggregators(); number++) {
            aggregator(number);
        }
        this.supervisor = Thread.ofPlatform().daemon().name("supervisor").unstarted(this::watch);
    }

    /// Starts broker and registry; the others are there to be started.
    ///
    /// @param tasks folder of the task
    public static ProcessFleet open(Path folder, Cast cast, Path tasks, String modelUrl) throws InterruptedException {
        ProcessFleet fleet = new ProcessFleet(folder, cast, tasks, modelUrl);
        try {
            fleet.brokers.forEach(Member::start);
            fleet.registry.start();
            fleet.awaitInfrastructure();
            fleet.supervisor.start();
            return fleet;
        } catch (RuntimeException | InterruptedException e) {
            fleet.close();
            throw e;
        }
    }

    /// Starts everybody who is not up.
    public void startAll() {
        others.stream().filter(member -> !member.isUp()).forEach(Member::start);
    }

    /// Waits until broker and registry take connections.
    public void awaitInfrastructure() throws InterruptedException {
        if (!Patience.until(
                BROKER_UP, () -> brokerPorts.stream().allMatch(ProcessFleet::listens) && listens(registryPort))) {
            throw new IllegalStateException("broker or registry did not start; see "
                    + brokers.getFirst().log());
        }
    }

    /// A connection of our own, for whoever writes to the topics or reads them.
    public Fleet connect() {
        return Fleet.connect(configs.connection());
    }

    public Path folder() {
        return folder;
    }

    /// By their number; the first is 1.
    public Member broker(int node) {
        return brokers.get(node - 1);
    }

    public List<Member> of(Role role) {
        return others.stream().filter(member -> member.role() == role).toList();
    }

    public List<Member> all() {
        List<Member> all = new ArrayList<>(brokers);
        all.add(registry);
        all.addAll(others);
        return all;
    }

    /// One more worker, not started yet.
    public Member addWorker() {
        return worker(of(Role.WORKER).size() + 1);
    }

    @Override
    public void close() {
        watching = false;
        supervisor.interrupt();
        all().forEach(Member::look);
        all().reversed().parallelStream().forEach(Member::kill);
    }

    private void brokers(List<Integer> controllerPorts) {
        String cluster = Uuid.randomUuid().toString();
        for (int node = 1; node <= brokerPorts.size(); node++) {
            List<String> arguments = new ArrayList<>(List.of(String.valueOf(brokerPorts.get(node - 1))));
            if (brokerPorts.size() > 1) {
                arguments.addAll(List.of(cluster, String.valueOf(node)));
                controllerPorts.forEach(port -> arguments.add(String.valueOf(port)));
            }
            String name = brokerPorts.size() == 1 ? "broker" : "broker-" + node;
            brokers.add(infrastructure(name, Role.BROKER, BrokerMain.class, arguments));
        }
    }

    private Member infrastructure(String name, Role role, Class<?> main, List<String> more) {
        Path own = folder.resolve(name);
        List<String> arguments = new ArrayList<>(List.of(own.toString()));
        arguments.addAll(more);
        return new Member(name, role, JavaCommand.of(role, main.getName(), arguments.toArray(String[]::new)), own);
    }

    private void producer(int number) {
        String name = "producer-" + number;
        Path config = config(name);
        configs.producer(config, name, folder.resolve(name).resolve("spool"));
        add(name, Role.PRODUCER, config);
    }

    private Member worker(int number) {
        String name = "worker-" + number;
        Path config = config(name);
        configs.worker(config, name);
        return add(name, Role.WORKER, config);
    }

    private void aggregator(int number) {
        String name = "aggregator-" + number;
        Path config = config(name);
        configs.aggregator(config, folder.resolve(name).resolve("state"));
        add(name, Role.AGGREGATOR, config);
    }

    private Member add(String name, Role role, Path config) {
        List<String> command =
                JavaCommand.of(role, EvalfleetCommand.class.getName(), role.label(), "--config", config.toString());
        Member member = new Member(name, role, command, folder.resolve(name));
        synchronized (others) {
            others.add(member);
        }
        return member;
    }

    private Path config(String name) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder.resolve(name + ".yaml");
    }

    private void watch() {
        try {
            while (watching) {
                Thread.sleep(GLANCE);
                List<Member> members;
                synchronized (others) {
                    members = all();
                }
                if (watching) {
                    members.forEach(Member::look);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// Most memory that a process of each role had resident, in MiB.
    public Map<Role, Long> peaks() {
        Map<Role, Long> peaks = new java.util.EnumMap<>(Role.class);
        all().forEach(member -> peaks.merge(member.role(), member.peakMib(), Math::max));
        return peaks;
    }
}
