package dev.evalfleet.local.fleet;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetFile;
import dev.evalfleet.local.embedded.EmbeddedBroker;
import dev.evalfleet.local.embedded.EmbeddedRegistry;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.ManagementServer;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole fleet in one JVM: broker, schema registry, producer, workers, aggregator and dashboard, wired as in
/// production. Its parts meet on topics only, so processes outside may join.
public final class LocalFleet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalFleet.class);
    private static final String HOST = "127.0.0.1";

    private final Deque<AutoCloseable> infrastructure = new ArrayDeque<>();
    private final List<Service> services = new ArrayList<>();
    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;
    private final Fleet fleet;
    private final ProducerSettings producer;
    private final DashboardService dashboard;
    private final ManagementServer management;
    private boolean closed;

    private LocalFleet(LocalFleetSettings settings) throws Exception {
        try {
            DataFolder folder = opened(DataFolder.open(settings.dataDir()));
            broker = opened(EmbeddedBroker.start(folder.path(), settings.ports().broker()));
            registry = opened(
                    EmbeddedRegistry.start(folder.path(), settings.ports().registry()));
            Settings sections = settings.sections()
                    .apply(Map.of(
                            "EVALFLEET_PRODUCER_SPOOL_DIR",
                                    folder.path().resolve("spool").toString(),
                            "EVALFLEET_AGGREGATOR_STATE_DIR",
                                    folder.path().resolve("aggregator").toString(),
                            "EVALFLEET_AGGREGATOR_STORES", "memory"));
            fleet = opened(connect(sections));
            producer = ProducerSettings.from(sections);
            services.add(new ProducerService(fleet, producer));
            services.add(new AggregatorService(fleet, AggregatorSettings.from(sections)));
            for (Settings worker : settings.workers()) {
                services.add(new WorkerService(fleet, WorkerSettings.from(worker)));
            }
            dashboard = new DashboardService(fleet, DashboardSettings.from(sections));
            services.add(dashboard);
            management = new ManagementServer(HOST, 0, fleet.meters(), List.copyOf(services));
            services.add(management);
        } catch (Exception failed) {
            close();
            throw failed;
        }
    }

    /// Starts everything, and returns when it can be used.
    public static LocalFleet start(LocalFleetSettings settings) throws Exception {
        LocalFleet fleet = new LocalFleet(settings);
        try {
            for (Service service : fleet.services) {
                long began = System.nanoTime();
                service.start();
                LOG.debug("started service={} ms={}", service.name(), (System.nanoTime() - began) / 1_000_000);
            }
            return fleet;
        } catch (Exception failed) {
            fleet.close();
            throw failed;
        }
    }

    public Fleet fleet() {
        return fleet;
    }

    public URI dashboard() {
        return URI.create(dashboard.url());
    }

    /// `/live`, `/ready` and `/metrics` of all parts.
    public URI management() {
        return URI.create("http://" + HOST + ":" + management.port() + "/");
    }

    /// What other commands need to find this fleet.
    public FleetFile file() {
        List<FleetFile.PoolEntry> pools = producer.pools().pools().stream()
                .map(pool -> new FleetFile.PoolEntry(pool.name(), pool.models()))
                .toList();
        return new FleetFile(
                ProcessHandle.current().pid(),
                broker.bootstrapServers(),
                registry.url(),
                fleet.topics().prefix(),
                dashboard().toString(),
                pools);
    }

    /// Stays here until a part stops, which it should not do by itself.
    public void serve() {
        CompletableFuture<?>[] ends = services.stream().map(Service::ended).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.anyOf(ends).handle((_, problem) -> problem).join();
        throw CommandException.failed("A part of the fleet has stopped by itself; the log above says why.");
    }

    /// Stops the services side by side, then what they stand on in reverse order.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (ExecutorService stopping = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> stops = new ArrayList<>();
            services.forEach(service -> stops.add(stopping.submit(service::close)));
        }
        while (!infrastructure.isEmpty()) {
            closeQuietly(infrastructure.pop());
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        LOG.debug("opened part={}", part.getClass().getSimpleName());
        infrastructure.push(part);
        return part;
    }

    private Fleet connect(Settings sections) {
        Settings topics = sections.section("topics");
        return Fleet.connect(Settings.of(Map.of(
                "kafka", Map.of("bootstrap-servers", broker.bootstrapServers()),
                "registry", Map.of("urls", List.of(registry.url())),
                "topics",
                        Map.of(
                                "prefix", topics.string("prefix", Topics.DEFAULT_PREFIX),
                                "sample-partitions", topics.integer("sample-partitions"),
                                "replication", 1))));
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception failed) {
            LOG.warn("could not close part={}", part, failed);
        }
    }
}
