package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.schemas.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates missing topics as the code wants them, and refuses to work with ones that differ where it matters.
/// Retention may differ: that is the operator's choice.
public final class TopicAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(TopicAdmin.class);
    private static final int PATIENCE_SECONDS = 30;

    private final KafkaConfig kafka;
    private final int replication;

    /// @param replication copies of a new topic; -1 leaves it to the broker
    public TopicAdmin(KafkaConfig kafka, int replication) {
        if (replication != -1 && replication < 1) {
            throw new IllegalArgumentException("topics.replication must be -1 or at least 1, was " + replication);
        }
        this.kafka = kafka;
        this.replication = replication;
    }

    /// @throws OperatorException naming every setting of an existing topic that differs
    /// @throws UnreachableException when the broker does not answer
    public void ensure(Collection<? extends Topic<?>> topics) {
        try (Admin admin = kafka.admin()) {
            Set<String> existing = await(admin.listTopics().names());
            topics.stream().filter(topic -> !existing.contains(topic.name())).forEach(topic -> create(admin, topic));
            List<String> problems = new ArrayList<>();
            checkPartitions(admin, topics, problems);
            checkCleanup(admin, topics, problems);
            if (!problems.isEmpty()) {
                throw new OperatorException(
                        "Topics differ from what is needed:\n  - " + String.join("\n  - ", problems));
            }
        }
    }

    private void create(Admin admin, Topic<?> topic) {
        NewTopic wanted = new NewTopic(topic.name(), topic.partitions(), (short) replication).configs(configs(topic));
        try {
            await(admin.createTopics(List.of(wanted)).all());
            LOG.info("created topic={} partitions={}", topic.name(), topic.partitions());
        } catch (TopicExistsException e) {
            LOG.debug("another process created topic={}", topic.name(), e);
        }
    }

    private static Map<String, String> configs(Topic<?> topic) {
        Map<String, String> configs = new HashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, topic.cleanup().policy());
        configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(KafkaConfig.MAX_RECORD_BYTES));
        // Times are the broker's: a worker whose clock is wrong would have its results refused, or deleted as too old.
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        if (topic.cleanup().expires()) {
            configs.put(
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(topic.retention().toMillis()));
        }
        if (topic.cleanup().compacts()) {
            // Small segments, cleaned early: whoever reads such a topic reads it from the start.
            configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(16 * 1024 * 1024));
            configs.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
            configs.put(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, String.valueOf(TimeUnit.HOURS.toMillis(1)));
        }
        return configs;
    }

    private void checkPartitions(Admin admin, Collection<? extends Topic<?>> topics, List<String> problems) {
        List<String> names = topics.stream().<String>map(Topic::name).toList();
        Map<String, TopicDescription> found = described(admin, names);
        for (Topic<?> topic : topics) {
            TopicDescription description = found.get(topic.name());
            int partitions = description == null ? 0 : description.partitions().size();
            if (partitions != topic.partitions()) {
                problems.add("%s: partitions must be %d, but the topic has %d"
                        .formatted(topic.name(), topic.partitions(), partitions));
            }
        }
    }

    private Map<String, TopicDescription> described(Admin admin, List<String> names) {
        return whenKnown(() -> admin.describeTopics(names).allTopicNames());
    }

    // A broker needs a moment until it knows a topic that another has just created.
    private <T> T whenKnown(Supplier<KafkaFuture<T>> asking) {
        Instant patience = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (true) {
            try {
                return await(asking.get());
            } catch (UnknownTopicOrPartitionException e) {
                if (Instant.now().isAfter(patience)) {
                    throw BrokerCheck.failure(kafka, e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private void checkCleanup(Admin admin, Collection<? extends Topic<?>> topics, List<String> problems) {
        Map<String, ConfigResource> resources = topics.stream()
                .collect(Collectors.toMap(
                        Topic::name, topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name())));
        Map<ConfigResource, Config> found =
                whenKnown(() -> admin.describeConfigs(resources.values()).all());
        for (Topic<?> topic : topics) {
            Config config = found.get(resources.get(topic.name()));
            String policy = config == null
                    ? "unknown"
                    : config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
            if (!parts(policy).equals(parts(topic.cleanup().policy()))) {
                problems.add("%s: cleanup.policy must be \"%s\", but the topic has \"%s\""
                        .formatted(topic.name(), topic.cleanup().policy(), policy));
            }
        }
    }

    private static Set<String> parts(String policy) {
        return Set.of(policy.split(","));
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException
                    || e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw (ApiException) e.getCause();
            }
            throw BrokerCheck.failure(kafka, e.getCause());
        } catch (TimeoutException e) {
            throw BrokerCheck.failure(kafka, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerCheck.failure(kafka, e);
        }
    }
}
