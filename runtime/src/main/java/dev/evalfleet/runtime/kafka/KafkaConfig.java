package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.security.KafkaSecurity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// How to reach Kafka, and the clients made for it. Settings are layered: ours, then `kafka.properties.*` (security,
/// tuning), then what the calling code cannot do without.
public record KafkaConfig(String bootstrapServers, Map<String, String> properties) {
    /// The largest record: the limit of our topics, and of producers to match.
    public static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

    private static final Pattern SECRET = Pattern.compile("(?i)password|secret|jaas|keystore\\.key|token");
    private static final Pattern QUOTED = Pattern.compile("(?<=password=\")(?:[^\"\\\\]|\\\\.)+");

    public KafkaConfig {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrap-servers must name at least one host:port");
        }
        properties = Map.copyOf(properties);
    }

    public static KafkaConfig of(String bootstrapServers) {
        return new KafkaConfig(bootstrapServers, Map.of());
    }

    /// The section `kafka`; what `kafka.properties` says wins over `kafka.security`.
    public static KafkaConfig from(Settings settings) {
        Settings kafka = settings.section("kafka");
        String bootstrapServers = kafka.string("bootstrap-servers", "localhost:9092");
        Map<String, String> given = kafka.map("properties");
        Supplier<KafkaSecurity> security = KafkaSecurity.reader(kafka.section("security"));
        return kafka.build(() -> {
            Map<String, String> properties = new HashMap<>(security.get().properties());
            properties.putAll(given);
            return new KafkaConfig(bootstrapServers, properties);
        });
    }

    /// A member of a group. Reads only what is committed, commits nothing by itself, starts at the beginning.
    public Consumer<String, byte[]> consumer(String groupId, Map<String, Object> overrides) {
        Map<String, Object> config = reading();
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        config.putAll(properties);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.putAll(overrides);
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /// A member of a group that is replaced soon after its process died. It speaks the classic protocol, in
    /// which a member says itself when to miss it; with KIP-848 the broker decides, and waits 45 s unless
    /// configured otherwise.
    ///
    /// @param missedAfter silence after which the broker gives its partitions to others; a broker takes no
    ///     less than its `group.min.session.timeout.ms`, 6 s by default
    public Consumer<String, byte[]> vigilantConsumer(
            String groupId, Duration missedAfter, Map<String, Object> overrides) {
        Map<String, Object> classic = new HashMap<>(Map.of(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                (int) missedAfter.toMillis(),
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                (int) Math.max(1, missedAfter.toMillis() / 4)));
        classic.putAll(overrides);
        return consumer(groupId, classic);
    }

    /// A consumer without a group: assign partitions and seek.
    public Consumer<String, byte[]> reader(Map<String, Object> overrides) {
        Map<String, Object> config = reading();
        config.putAll(properties);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.putAll(overrides);
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /// Idempotent, acknowledged by all replicas in sync.
    public Producer<String, byte[]> producer(Map<String, Object> overrides) {
        Map<String, Object> config = base();
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
        config.putAll(properties);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.putAll(overrides);
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    public Admin admin() {
        return admin(Map.of());
    }

    public Admin admin(Map<String, Object> overrides) {
        Map<String, Object> config = base();
        config.putAll(properties);
        config.putAll(overrides);
        return Admin.create(config);
    }

    /// Exactly once, every internal topic and store named by us.
    public Properties streams(String applicationId, Path stateDir) {
        Properties config = new Properties();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put("compression.type", "lz4");
        config.put("max.request.size", MAX_RECORD_BYTES);
        config.putAll(properties);
        config.put("application.id", applicationId);
        config.put("state.dir", stateDir.toString());
        config.put("processing.guarantee", "exactly_once_v2");
        config.put("ensure.explicit.internal.resource.naming", true);
        return config;
    }

    /// The text without the passwords and keys among the properties, for what a client says of its own settings.
    public String withoutSecrets(String text) {
        String hidden = text;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            if (SECRET.matcher(property.getKey()).find()) {
                for (String secret : secretsIn(property.getValue())) {
                    hidden = hidden.replace(secret, "***");
                }
            }
        }
        return hidden;
    }

    // sasl.jaas.config holds the password between quotes.
    private static List<String> secretsIn(String value) {
        List<String> secrets = new ArrayList<>(QUOTED.matcher(value)
                .results()
                .map(MatchResult::group)
                .filter(quoted -> quoted.length() > 2)
                .toList());
        secrets.add(value);
        return secrets.stream().filter(secret -> !secret.isBlank()).toList();
    }

    /// Without the values of properties, which may be passwords.
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=%s, properties=%s]".formatted(bootstrapServers, properties.keySet());
    }

    private Map<String, Object> reading() {
        Map<String, Object> config = base();
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return config;
    }

    private Map<String, Object> base() {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return config;
    }
}
