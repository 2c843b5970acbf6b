package dev.evalfleet.local.client;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.ResultReader;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunControl;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/// A fleet as its users see it: publish a request, follow runs, read results. It uses topics only.
public final class FleetClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Fleet fleet;

    private FleetClient(Fleet fleet) {
        this.fleet = fleet;
    }

    /// Makes sure that the broker holds a fleet. The connection is closed with the client.
    public static FleetClient of(Fleet fleet) {
        String topic = fleet.topics().requests().name();
        try (Admin admin = fleet.kafka().admin()) {
            if (!admin.listTopics()
                    .names()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .contains(topic)) {
                throw CommandException.failed("The broker " + fleet.kafka().bootstrapServers() + " has no topic "
                        + topic + ": no fleet runs there, or its topics.prefix is another one.");
            }
            return new FleetClient(fleet);
        } catch (TimeoutException | ExecutionException silent) {
            throw CommandException.failed(
                    "The broker " + fleet.kafka().bootstrapServers() + " does not list its topics: "
                            + (silent.getCause() == null
                                    ? "no answer within " + PATIENCE.toSeconds() + " s"
                                    : silent.getCause().getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    /// What somebody who only looks does at the broker.
    public static Rights viewerRights(Topics topics, Collection<String> pools) {
        return reading(Rights.of("viewer").topic(topics.requests(), DESCRIBE), topics, pools);
    }

    /// What somebody who submits, cancels and names baselines does at the broker.
    public static Rights submitterRights(Topics topics, Collection<String> pools) {
        Rights writing = Rights.of("submitter").topic(topics.requests(), WRITE).topic(topics.control(), WRITE);
        return reading(writing, topics, pools);
    }

    private static Rights reading(Rights rights, Topics topics, Collection<String> pools) {
        Rights all = rights;
        for (Topic<?> topic : List.of(
                topics.plans(),
                topics.runs(),
                topics.metrics(),
                topics.alerts(),
                topics.results(),
                topics.baselineScores())) {
            all = all.topic(topic, READ);
        }
        for (String pool : pools) {
            all = all.topic(topics.samples(pool), DESCRIBE).group(topics.workers(pool), DESCRIBE);
        }
        return all;
    }

    public Fleet fleet() {
        return fleet;
    }

    /// Publishes a request; returns when the broker has it.
    public void submit(EvalRequest request) {
        publish(fleet.topics().requests(), request.getRequestId(), request);
    }

    /// Asks that a run, or all runs of a request, be cancelled.
    public void cancel(String id, String reason, String by) {
        control(id, ControlAction.CANCEL, reason, by);
    }

    /// Publishes what is asked of a run, a request or a named baseline.
    public void control(String id, ControlAction action, String reason, String by) {
        publish(
                fleet.topics().control(),
                id,
                RunControl.newBuilder()
                        .setId(id)
                        .setAction(action)
                        .setReason(reason)
                        .setBy(by)
                        .setAt(Instant.now())
                        .build());
    }

    /// Starts to follow the fleet; returns once everything known now has been read.
    ///
    /// @param requests of which requests plans, metrics and alerts are kept
    public Following follow(Predicate<String> requests) {
        FleetPicture picture = new FleetPicture(requests);
        TopicFollower follower = new TopicFollower(fleet, "evalfleet-command")
                .on(fleet.topics().plans(), plan -> {
                    if (plan.value() != null) {
                        picture.see(plan.value());
                    }
                })
                .on(fleet.topics().runs(), state -> {
                    if (state.value() != null) {
                        picture.see(state.value());
                    }
                })
                .on(fleet.topics().metrics(), metric -> {
                    if (metric.value() != null) {
                        picture.see(metric.key(), metric.value());
                    }
                })
                .on(fleet.topics().alerts(), alert -> {
                    if (alert.value() != null) {
                        picture.see(alert.value());
                    }
                });
        return Following.start(follower, picture);
    }

    public ResultReader results() {
        return new ResultReader(fleet);
    }

    @Override
    public void close() {
        fleet.close();
    }

    private <V> void publish(Topic<V> topic, String key, V value) {
        try (Producer<String, byte[]> producer =
                fleet.kafka().producer(Map.of("delivery.timeout.ms", 30_000, "request.timeout.ms", 10_000))) {
            producer.send(fleet.record(topic, key, value)).get();
        } catch (ExecutionException refused) {
            String cause = refused.getCause() == null
                    ? refused.toString()
                    : refused.getCause().getMessage();
            throw CommandException.failed("The broker did not take the record for " + topic.name() + ": " + cause);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted before the broker had the record for " + topic.name());
        }
    }

    /// A picture that is kept up to date until this is closed.
    public record Following(TopicFollower follower, FleetPicture picture) implements AutoCloseable {

        private static Following start(TopicFollower follower, FleetPicture picture) {
            try {
                follower.start();
                follower.awaitCaughtUp(Duration.ofSeconds(60));
            } catch (Exception silent) {
                follower.close();
                throw CommandException.failed("The topics of the fleet cannot be read: " + silent.getMessage());
            }
            return new Following(follower, picture);
        }

        @Override
        public void close() {
            follower.close();
        }
    }
}
