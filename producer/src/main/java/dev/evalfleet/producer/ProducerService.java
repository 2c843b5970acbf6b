package dev.evalfleet.producer;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dispatch.Dispatcher;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.log.ActiveProducer;
import dev.evalfleet.producer.gate.FleetBaselines;
import dev.evalfleet.producer.plan.PlannedSamples;
import dev.evalfleet.producer.plan.RunPlanner;
import dev.evalfleet.producer.request.RequestLoop;
import dev.evalfleet.producer.retry.FleetRuns;
import dev.evalfleet.producer.retry.KeptOutcomes;
import dev.evalfleet.producer.retry.RetryPlanner;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.runtime.Lifecycle;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A producer: plans requests and dispatches samples.
public final class ProducerService implements Service {
    private final Fleet fleet;
    private final ProducerSettings settings;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable SpoolStore spools;
    private @Nullable FleetBaselines baselines;
    private @Nullable Service parts;

    public ProducerService(Fleet fleet, ProducerSettings settings) {
        this.fleet = fleet;
        this.settings = settings;
    }

    /// What a producer does at the broker.
    public static Rights rights(Topics topics, ProducerSettings settings) {
        return rights(topics, settings.pools().pools().stream().map(Pool::name).toList());
    }

    /// @param pools whose samples it dispatches
    public static Rights rights(Topics topics, Collection<String> pools) {
        Rights rights = Rights.of("producer");
        for (Topic<?> topic : topics.all()) {
            rights = rights.topic(topic, CREATE, DESCRIBE_CONFIGS);
        }
        rights = rights.topic(topics.requests(), READ)
                .topic(topics.plans(), READ, WRITE)
                .topic(topics.results(), READ, WRITE) // outcomes that a retried run takes over
                .topic(topics.baselineScores(), READ)
                .topic(topics.runs(), READ)
                .topic(topics.metrics(), DESCRIBE)
                .topic(topics.alerts(), WRITE)
                .topic(topics.control(), READ, WRITE)
                .topic(topics.dispatch(), READ, WRITE)
                .topic(topics.deadLetters(), WRITE)
                .group(RequestLoop.group(topics), READ)
                .group(ActiveProducer.group(topics), READ)
                .group(topics.aggregator(), DESCRIBE) // whether it has read the results
                .topicsBeginningWith(topics.aggregator() + "-", DESCRIBE) // and what it made of them
                .transactionalIdsBeginningWith(RequestLoop.transactionalIds(topics), WRITE);
        for (String pool : pools) { // offsets of a pool's group are set before its first worker has run
            rights = rights.topic(topics.samples(pool), CREATE, DESCRIBE_CONFIGS, READ, WRITE, DELETE)
                    .group(topics.workers(pool), READ);
        }
        return rights;
    }

    @Override
    public String name() {
        return "producer";
    }

    @Override
    public void start() throws Exception {
        fleet.ensure(topics());
        SpoolStore opened = openSpools();
        spools = opened;
        var resolving = new FleetBaselines(fleet, Clock.systemUTC());
        baselines = resolving;
        var planner = new RunPlanner(
                new TaskLibrary(settings.taskDirs()), opened, settings.pools(), resolving, settings.mostRuns());
        var runs = new FleetRuns(fleet);
        var retries = new RetryPlanner(runs, settings.pools(), resolving, Clock.systemUTC());
        var requests = new RequestLoop(
                fleet,
                planner,
                retries,
                new KeptOutcomes(fleet, runs),
                settings.name(),
                settings.patience(),
                settings.dispatch().takeoverAfter());
        var dispatcher = new Dispatcher(fleet, settings.pools(), new PlannedSamples(opened), settings.dispatch());
        Service started = Lifecycle.group(name(), dispatcher, requests);
        parts = started;
        CompletableFuture<?> _ = started.ended().whenComplete((_, failure) -> {
            if (failure == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(failure);
            }
        });
        started.start();
    }

    private List<Topic<?>> topics() {
        var topics = new ArrayList<Topic<?>>(fleet.topics().all());
        settings.pools()
                .pools()
                .forEach(pool -> topics.add(fleet.topics().samples(pool.name()).withPartitions(pool.partitions())));
        return topics;
    }

    private SpoolStore openSpools() {
        try {
            return new SpoolStore(settings.spoolDir(), settings.data());
        } catch (IOException e) {
            throw new OperatorException("producer.spool-dir " + settings.spoolDir() + " cannot be used: "
                    + e.getMessage() + ". Set it to a folder this process may write to");
        }
    }

    @Override
    public boolean ready() {
        return parts != null && parts.ready();
    }

    @Override
    public String waitingFor() {
        return parts == null ? "topics" : parts.waitingFor();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        if (parts != null) {
            parts.close();
        }
        if (baselines != null) {
            baselines.close();
        }
        if (spools != null) {
            spools.close();
            spools = null;
        }
    }
}
