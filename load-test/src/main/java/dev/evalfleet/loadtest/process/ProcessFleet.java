package dev.evalfleet.loadtest.process;

import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.runtime.kafka.Fleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A whole fleet on this machine's loopback, every part a process of its own, started through its real entry point.
public final class ProcessFleet implements AutoCloseable {
    private static final Duration BROKER_UP = Duration.ofSeconds(90);
    private static final Duration GLANCE = Duration.ofMillis(400);

    private final Path folder;
    private final Configs configs;
    private final Member broker;
    private final Member registry;
    private final int brokerPort;
    private final int registryPort;
    private final List<Member> others = new ArrayList<>();
    private final Thread supervisor;
    private volatile boolean watching = true;

    private ProcessFleet(Path folder, Cast cast, Path tasks, String modelUrl) {
        this.folder = folder;
        this.brokerPort = freePort();
        this.registryPort = freePort();
        this.configs =
                new Configs(cast, "127.0.0.1:" + brokerPort, "http://127.0.0.1:" + registryPort, tasks, modelUrl);
        this.broker = infrastructure("broker", Role.BROKER, BrokerMain.class, brokerPort);
        this.registry = infrastructure("registry", Role.REGISTRY, RegistryMain.class, registryPort);
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
            fleet.broker.start();
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
        if (!Patience.until(BROKER_UP, () -> listens(brokerPort) && listens(registryPort))) {
            throw new IllegalStateException("broker or registry did not start; see " + broker.log());
        }
    }

    /// A connection of our own, for whoever writes to the topics or reads them.
    public Fleet connect() {
        return Fleet.connect(configs.connection());
    }

    public Path folder() {
        return folder;
    }

    public Member broker() {
        return broker;
    }

    public List<Member> of(Role role) {
        return others.stream().filter(member -> member.role() == role).toList();
    }

    public List<Member> all() {
        List<Member> all = new ArrayList<>(List.of(broker, registry));
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
        all().reversed().forEach(Member::kill);
    }

    private Member infrastructure(String name, Role role, Class<?> main, int port) {
        Path own = folder.resolve(name);
        return new Member(name, role, JavaCommand.of(role, main.getName(), own.toString(), String.valueOf(port)), own);
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

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Most memory that a process of each role had resident, in MiB.
    public Map<Role, Long> peaks() {
        Map<Role, Long> peaks = new java.util.EnumMap<>(Role.class);
        all().forEach(member -> peaks.merge(member.role(), member.peakMib(), Math::max));
        return peaks;
    }
}
