package dev.evalfleet.worker.inference.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DjlSettingsTest {

    @Test
    void onlyThePathIsRequired() {
        DjlSettings settings = DjlSettings.from(Settings.of(Map.of("path", "/models/m")));

        assertThat(settings).isEqualTo(DjlSettings.of(Path.of("/models/m")));
        assertThat(settings.device()).isEqualTo("cpu");
        assertThat(settings.maxBatch()).isEqualTo(16);
        assertThat(settings.maxWait()).isEqualTo(Duration.ofMillis(2));
        assertThat(settings.maxNewTokens()).isEqualTo(256);
        assertThat(settings.maxContext()).isNull();
    }

    @Test
    void everySettingIsRead() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("path", "/models/m");
        tree.put("device", "gpu:1");
        tree.put("intra-op-threads", "3");
        tree.put("max-batch", "64");
        tree.put("max-wait", "10ms");
        tree.put("max-new-tokens", "32");
        tree.put("max-context", "1024");
        tree.put("timeout", "1m");

        DjlSettings settings = DjlSettings.from(Settings.of(tree));

        assertThat(settings)
                .isEqualTo(new DjlSettings(
                        Path.of("/models/m"), "gpu:1", 3, 64, Duration.ofMillis(10), 32, 1024, Duration.ofMinutes(1)));
        assertThat(settings.gpu()).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({
        "device, tpu",
        "intra-op-threads, 0",
        "max-batch, 0",
        "max-new-tokens, 0",
        "max-context, 1",
        "timeout, 0s"
    })
    void aWrongValueIsNamed(String key, String value) {
        assertThatThrownBy(() -> DjlSettings.from(Settings.of(Map.of("path", "/models/m", key, value))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(key);
    }
}
