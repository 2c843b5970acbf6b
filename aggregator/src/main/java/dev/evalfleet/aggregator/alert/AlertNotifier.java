package dev.evalfleet.aggregator.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.aggregator.alert.AlertSettings.Webhook;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the webhooks of every alert once, one after the other. Its place is committed after a delivery, so that a
/// restart repeats at most the alert that was on its way, under the same idempotency key.
public final class AlertNotifier implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(AlertNotifier.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

    /// Attempts at every webhook of one alert fit into it.
    private static final Duration LONGEST_DELIVERY = Duration.ofMinutes(30);

    private static final Duration MISSED_AFTER = Duration.ofSeconds(45);

    /// Who adds a webhook does not want the history of the fleet.
    private static final Duration OLDEST = Duration.ofDays(1);

    private final Fleet fleet;
    private final List<Webhook> webhooks;
    private final WebhookPost post;
    private final ToldAlerts told = new ToldAlerts();
    private volatile boolean closed;
    private @Nullable Thread thread;

    public AlertNotifier(Fleet fleet, List<Webhook> webhooks) {
        this.fleet = fleet;
        this.webhooks = List.copyOf(webhooks);
        this.post = WebhookPost.standard();
    }

    @Override
    public String name() {
        return "alert-notifier";
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().name("alert-notifier").daemon().start(this::run);
    }

    @Override
    public CompletableFuture<Void> ended() {
        return new CompletableFuture<>(); // it starts over by itself
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(LONGEST_CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (Consumer<String, byte[]> consumer =
                    fleet.kafka().vigilantConsumer(group(fleet.topics()), MISSED_AFTER, overrides())) {
                consumer.subscribe(List.of(fleet.topics().alerts().name()), recalling(consumer));
                followUntilClosed(consumer);
            } catch (KafkaException e) {
                LOG.warn("alerts cannot be followed, again in={} problem=\"{}\"", PAUSE, e.getMessage());
                if (!rested()) {
                    return;
                }
            }
        }
    }

    private void followUntilClosed(Consumer<String, byte[]> consumer) {
        try {
            follow(consumer);
        } catch (InterruptedException | InterruptException | WakeupException e) {
            closed = true;
            boolean _ = Thread.interrupted(); // or the group would not hear that this member leaves
        }
    }

    private ConsumerRebalanceListener recalling(Consumer<String, byte[]> consumer) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                told.recall(fleet, consumer, partitions, Instant.now().minus(OLDEST));
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                // its place is committed after each alert
            }
        };
    }

    private void follow(Consumer<String, byte[]> consumer) throws InterruptedException {
        while (!closed) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Alert alert = alert(record);
                if (alert != null && !told.contains(alert.getAlertId())) {
                    tell(alert);
                    told.add(alert.getAlertId());
                }
                consumer.commitSync(Map.of(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1)));
            }
        }
    }

    private void tell(Alert alert) throws InterruptedException {
        if (alert.getRaisedAt().isBefore(Instant.now().minus(OLDEST))) {
            LOG.info("alert too old to tell id={} raised={}", alert.getAlertId(), alert.getRaisedAt());
            return;
        }
        String body = body(alert);
        for (Webhook webhook : webhooks) {
            post.deliver(webhook, alert.getAlertId(), body);
        }
    }

    private @Nullable Alert alert(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return null;
        }
        try {
            return fleet.decode(fleet.topics().alerts(), record.value());
        } catch (UndecodableException e) {
            LOG.warn(
                    "alert not readable origin={}-{}@{} problem=\"{}\"",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return null;
        }
    }

    /// What a webhook gets.
    static String body(Alert alert) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("alertId", alert.getAlertId())
                .put("kind", alert.getKind().name())
                .put("runId", alert.getRunId())
                .put("requestId", alert.getRequestId())
                .put("task", alert.getTask())
                .put("model", alert.getModel())
                .put("metric", alert.getMetric())
                .put("slice", alert.getSlice())
                .put("claim", alert.getClaim().name())
                .put("message", alert.getMessage())
                .put("n", alert.getN())
                .put("eValue", finite(alert.getEValue()))
                .put("difference", finite(alert.getDifference()))
                .put("raisedAt", alert.getRaisedAt().toString());
        return body.toString();
    }

    private static @Nullable Double finite(@Nullable Double value) {
        return Optional.ofNullable(value).filter(Double::isFinite).orElse(null);
    }

    public static String group(Topics topics) {
        return topics.prefix() + "alert-notifier";
    }

    private static Map<String, Object> overrides() {
        return Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int)
                LONGEST_DELIVERY.toMillis());
    }

    private static boolean rested() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
