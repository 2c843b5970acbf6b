package dev.evalfleet.runtime.rights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/// Asks the broker which of the rights the principal of a connection lacks. What cannot be known without doing it (a
/// right on a topic that is not there yet) is taken as given.
public final class RightsCheck {
    private static final int PATIENCE_SECONDS = 30;
    private static final String PROBE = "rights-probe";

    /// Without DESCRIBE, which each of them implies, none of them is held.
    private static final Set<AclOperation> DESCRIBING = Set.of(
            AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER, AclOperation.DESCRIBE);

    private sealed interface Seen {
        /// @param operations null: the broker does not say
        record There(@Nullable Set<AclOperation> operations) implements Seen {}

        record NotThere() implements Seen {}

        record Forbidden() implements Seen {}
    }

    private final Admin admin;

    public RightsCheck(Admin admin) {
        this.admin = admin;
    }

    /// @throws KafkaException when the broker does not answer
    public SortedSet<Right> missing(Rights needed) {
        SortedSet<Right> missing = new TreeSet<>();
        Map<String, Seen> topics = new TreeMap<>();
        for (Right right : needed.all()) {
            boolean isMissing =
                    switch (right.type()) {
                        case TOPIC -> isTopicRightMissing(right, topics);
                        case GROUP -> isMissing(right, group(right.name()));
                        case TRANSACTIONAL_ID -> isTransactionForbidden(right);
                        default -> false;
                    };
            if (isMissing) {
                missing.add(right);
            }
        }
        return missing;
    }

    private boolean isTopicRightMissing(Right right, Map<String, Seen> topics) {
        String name = right.isPrefix() ? existing(right.name()) : right.name();
        Seen seen = topics.computeIfAbsent(name, this::topic);
        if (seen instanceof Seen.There(var operations) && operations != null) {
            return !operations.contains(right.operation());
        }
        return switch (right.operation()) {
            case CREATE -> isCreateForbidden(name);
            case DESCRIBE_CONFIGS -> areConfigsForbidden(name);
            default -> isMissing(right, seen);
        };
    }

    private static boolean isMissing(Right right, Seen seen) {
        return switch (seen) {
            case Seen.There(var operations) -> operations != null && !operations.contains(right.operation());
            case Seen.NotThere _ -> false;
            case Seen.Forbidden _ -> DESCRIBING.contains(right.operation());
        };
    }

    // A topic that stands for all that begin so; a name nobody uses where there is none.
    private String existing(String prefix) {
        List<String> names = new ArrayList<>(await(admin.listTopics().names()));
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .min(String::compareTo)
                .orElse(prefix + PROBE);
    }

    private Seen topic(String name) {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        try {
            return new Seen.There(operations(await(admin.describeTopics(List.of(name), options)
                            .topicNameValues()
                            .get(name))
                    .authorizedOperations()));
        } catch (AuthorizationException e) {
            return new Seen.Forbidden();
        } catch (org.apache.kafka.common.errors.ApiException e) {
            return new Seen.NotThere();
        }
    }

    private Seen group(String name) {
        DescribeConsumerGroupsOptions options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
        try {
            return new Seen.There(operations(await(admin.describeConsumerGroups(List.of(name), options)
                            .describedGroups()
                            .get(name))
                    .authorizedOperations()));
        } catch (AuthorizationException e) {
            return new Seen.Forbidden();
        } catch (org.apache.kafka.common.errors.ApiException | IllegalArgumentException e) {
            return new Seen.NotThere();
        }
    }

    private boolean isTransactionForbidden(Right right) {
        String id = right.isPrefix() ? right.name() + PROBE : right.name();
        return isForbidden(admin.describeTransactions(List.of(id)).description(id));
    }

    private boolean isCreateForbidden(String topic) {
        NewTopic wanted = new NewTopic(topic, 1, (short) -1);
        return isForbidden(admin.createTopics(List.of(wanted), new CreateTopicsOptions().validateOnly(true))
                .all());
    }

    private boolean areConfigsForbidden(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return isForbidden(admin.describeConfigs(List.of(resource)).all());
    }

    // Any other answer, that it is not there for example, comes only after the right was found.
    private boolean isForbidden(KafkaFuture<?> asked) {
        try {
            await(asked);
            return false;
        } catch (AuthorizationException e) {
            return true;
        } catch (org.apache.kafka.common.errors.ApiException e) {
            return false;
        }
    }

    // Brokers that do not know answer with nothing.
    private static @Nullable Set<AclOperation> operations(@Nullable Set<AclOperation> told) {
        return told == null || told.isEmpty() ? null : told;
    }

    private static <T> T await(@Nullable KafkaFuture<T> future) {
        if (future == null) {
            throw new KafkaException("the broker left a question unanswered");
        }
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer about rights within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking about rights", e);
        }
    }
}
