package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatchSettingsTest {

    @Test
    void defaults() {
        assertThat(DispatchSettings.defaults())
                .isEqualTo(new DispatchSettings(
                        Duration.ofMillis(100),
                        2_000,
                        Duration.ofMillis(500),
                        256,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(10)));
    }

    @Test
    void everySettingIsRead() {
        assertThat(from(Map.of(
                        "tick", "10ms",
                        "batch", 5,
                        "cursor-interval", "0s",
                        "open-runs", 7,
                        "settle", "1s",
                        "stalled-after", "2s",
                        "trim-interval", "3s",
                        "spool-patience", "4s",
                        "takeover-after", "7s")))
                .isEqualTo(new DispatchSettings(
                        Duration.ofMillis(10),
                        5,
                        Duration.ZERO,
                        7,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(7)));
    }

    @Test
    void rejectsABatchOfNothing() {
        assertThatThrownBy(() -> from(Map.of("batch", 0)))
                .hasMessageContaining("producer.dispatch.batch must be at least 1, was 0");
    }

    @Test
    void rejectsATickOfZero() {
        assertThatThrownBy(() -> from(Map.of("tick", "0s")))
                .hasMessageContaining("producer.dispatch.tick must be positive, was PT0S");
    }

    private static DispatchSettings from(Map<String, Object> dispatch) {
        return DispatchSettings.from(Settings.of(Map.of("dispatch", dispatch)));
    }
}
