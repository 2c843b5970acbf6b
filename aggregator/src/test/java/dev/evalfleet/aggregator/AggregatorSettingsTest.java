package dev.evalfleet.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.alert.AlertSettings.Webhook;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AggregatorSettingsTest {

    @Test
    void defaults() {
        assertThat(AggregatorSettings.from(Settings.of(Map.of())))
                .isEqualTo(new AggregatorSettings(
                        Path.of("aggregator-state"),
                        null,
                        1,
                        0,
                        StoreKind.ROCKSDB,
                        Pace.standard(),
                        AlertSettings.standard()));
    }

    @Test
    void everySettingIsRead() {
        Map<String, Object> tree = new HashMap<>(Map.of(
                "state-dir", "/var/lib/evalfleet",
                "application-id", "my.aggregator",
                "threads", 4,
                "standby-replicas", 1,
                "stores", "memory",
                "tick", "200ms",
                "missing-after", "5s",
                "kept-for", "2d",
                "plan-within", "10m",
                "most-waiting", 50));
        tree.put("stalled-after", "2m");
        tree.put("failure-rate", 0.1);
        tree.put("webhooks", List.of(Map.of("url", "https://hooks.example/x", "secret", "s3cret")));
        Settings settings = Settings.of(Map.of("aggregator", tree));

        assertThat(AggregatorSettings.from(settings))
                .isEqualTo(new AggregatorSettings(
                        Path.of("/var/lib/evalfleet"),
                        "my.aggregator",
                        4,
                        1,
                        StoreKind.MEMORY,
                        new Pace(
                                Duration.ofMillis(200),
                                Duration.ofSeconds(5),
                                Duration.ofDays(2),
                                Duration.ofMinutes(10),
                                50),
                        new AlertSettings(
                                Duration.ofMinutes(2),
                                0.1,
                                List.of(new Webhook(URI.create("https://hooks.example/x"), new Secret("s3cret"))))));
    }

    @Test
    void rejectsWhatCannotWork() {
        assertRejected("threads", 0, "aggregator.threads must be at least 1, was 0");
        assertRejected("standby-replicas", -1, "aggregator.standby-replicas must not be negative, was -1");
        assertRejected("stores", "paper", "aggregator.stores must be rocksdb or memory, was \"paper\"");
        assertRejected("tick", "0s", "aggregator.tick must be longer than 0, was PT0S");
        assertRejected("most-waiting", 0, "aggregator.most-waiting must be at least 1, was 0");
        assertRejected("application-id", "a b", "aggregator.application-id must be");
        assertRejected("stalled-after", "0s", "aggregator.stalled-after must be longer than 0");
        assertRejected("failure-rate", 1.5, "aggregator.failure-rate must be in (0, 1], was 1.5");
        assertRejected("webhooks", List.of(Map.of("url", "ftp://x/y")), "url must be http(s)://host/");
        assertRejected("treads", 1, "aggregator.treads is not a setting");
    }

    private static void assertRejected(String key, Object value, String message) {
        Settings settings = Settings.of(Map.of("aggregator", Map.of(key, value)));
        assertThatThrownBy(() -> AggregatorSettings.from(settings))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }
}
