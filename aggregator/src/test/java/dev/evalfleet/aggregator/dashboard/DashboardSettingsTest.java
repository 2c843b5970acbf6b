package dev.evalfleet.aggregator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DashboardSettingsTest {

    @Test
    void listensOnLoopbackByDefault() {
        var settings = DashboardSettings.from(Settings.of(Map.of()));

        assertThat(settings).isEqualTo(new DashboardSettings("127.0.0.1", 8080, null, false));
    }

    @Test
    void everySettingIsRead() {
        var settings = DashboardSettings.from(Settings.of(
                Map.of("dashboard", Map.of("host", "0.0.0.0", "port", 0, "token", "let-me-in", "behind-proxy", true))));

        assertThat(settings.host()).isEqualTo("0.0.0.0");
        assertThat(settings.port()).isZero();
        assertThat(settings.behindProxy()).isTrue();
        assertThat(settings.toString()).doesNotContain("let-me-in");
    }

    @Test
    void refusesToBeReachableByAnyoneWithoutAToken() {
        assertThatThrownBy(() -> DashboardSettings.from(Settings.of(Map.of("dashboard", Map.of("host", "0.0.0.0")))))
                .hasMessageContaining("dashboard.host 0.0.0.0")
                .hasMessageContaining("dashboard.token-file");
    }
}
