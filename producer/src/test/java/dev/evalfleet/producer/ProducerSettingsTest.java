package dev.evalfleet.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerSettingsTest {
    @TempDir
    Path folder;

    @Test
    void defaults() {
        ProducerSettings settings = ProducerSettings.from(Settings.of(Map.of()));

        assertThat(settings.taskDirs()).isEmpty();
        assertThat(settings.pools().pools()).isEmpty();
        assertThat(settings.mostRuns()).isEqualTo(1000);
        assertThat(settings.patience()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.data().allowPrivateAddresses()).isFalse();
        assertThat(settings.data().maxBytes()).isEqualTo(4L << 30);
        assertThat(settings.data().timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void everySettingIsRead() {
        ProducerSettings settings = ProducerSettings.from(Settings.of(Map.of(
                "topics", Map.of("sample-partitions", 16),
                "producer",
                        Map.ofEntries(
                                Map.entry("name", "one"),
                                Map.entry("task-dirs", folder.toString()),
                                Map.entry("spool-dir", folder.resolve("spool").toString()),
                                Map.entry("data-dir", folder.resolve("data").toString()),
                                Map.entry("inline-data-dirs", folder.toString()),
                                Map.entry("allow-private-addresses", true),
                                Map.entry("download-limit", 5),
                                Map.entry("download-timeout", "7s"),
                                Map.entry("max-runs", 3),
                                Map.entry("data-patience", "1s"),
                                Map.entry("pools", List.of(Map.of("name", "p", "models", List.of("m"))))))));

        assertThat(settings.name()).isEqualTo("one");
        assertThat(settings.taskDirs()).containsExactly(folder);
        assertThat(settings.spoolDir()).isEqualTo(folder.resolve("spool"));
        assertThat(settings.data().dataDir()).isEqualTo(folder.resolve("data"));
        assertThat(settings.data().inlineDirs()).containsExactly(folder);
        assertThat(settings.data().cacheDir()).isEqualTo(folder.resolve("spool/downloads"));
        assertThat(settings.data().allowPrivateAddresses()).isTrue();
        assertThat(settings.data().maxBytes()).isEqualTo(5);
        assertThat(settings.data().timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.mostRuns()).isEqualTo(3);
        assertThat(settings.patience()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.pools().pools().stream().map(PoolCatalogue.Pool::partitions))
                .containsExactly(16);
    }

    @Test
    void rejectsWhatCannotWork() {
        assertThatThrownBy(
                        () -> ProducerSettings.from(Settings.of(Map.of("producer", Map.of("task-dirs", "/no/where")))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("producer.task-dirs: there is no folder /no/where");
        assertThatThrownBy(() -> ProducerSettings.from(Settings.of(Map.of("producer", Map.of("max-runs", 0)))))
                .hasMessageContaining("producer.max-runs must be at least 1, was 0");
        assertThatThrownBy(() -> ProducerSettings.from(Settings.of(Map.of("producer", Map.of("task-dir", "tasks")))))
                .hasMessageContaining("task-dir", "did you mean task-dirs?");
    }
}
