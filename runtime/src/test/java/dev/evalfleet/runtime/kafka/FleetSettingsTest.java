package dev.evalfleet.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class FleetSettingsTest {

    @Test
    void kafkaIsLookedForOnThisMachineByDefault() {
        assertThat(KafkaConfig.from(Settings.of(Map.of()))).isEqualTo(new KafkaConfig("localhost:9092", Map.of()));
    }

    @Test
    void kafkasOwnSettingsPassThrough() {
        Settings settings = Settings.of(Map.of(
                "kafka", Map.of("bootstrap-servers", "a:1,b:2", "properties", Map.of("security.protocol", "SSL"))));

        assertThat(KafkaConfig.from(settings))
                .isEqualTo(new KafkaConfig("a:1,b:2", Map.of("security.protocol", "SSL")));
    }

    @Test
    void streamsAreExactlyOnceWhateverThePropertiesSay() {
        KafkaConfig kafka = new KafkaConfig("a:1", Map.of("processing.guarantee", "at_least_once", "client.rack", "r"));

        Properties streams = kafka.streams("app", Path.of("/state"));

        assertThat(streams)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "app")
                .containsEntry("state.dir", "/state")
                .containsEntry("client.rack", "r");
    }

    @Test
    void theRegistryIsLookedForOnThisMachineByDefault() {
        assertThat(RegistrySettings.from(Settings.of(Map.of())))
                .isEqualTo(RegistryAccess.of(URI.create("http://localhost:8081")));
    }

    @Test
    void everySettingOfTheRegistryIsRead() {
        RegistryAccess access = RegistrySettings.from(Settings.of(Map.of(
                "registry",
                Map.of(
                        "urls",
                        List.of("http://a:1", "https://b:2/base"),
                        "user",
                        "ann",
                        "password",
                        "pw",
                        "timeout",
                        "2s",
                        "rounds",
                        2,
                        "auto-register",
                        false))));

        assertThat(access)
                .isEqualTo(RegistryAccess.of(URI.create("http://a:1"), URI.create("https://b:2/base"))
                        .withBasic("ann", "pw")
                        .withTimeout(Duration.ofSeconds(2), 2)
                        .withAutoRegister(false));
        assertThat(access.authorization()).isEqualTo("Basic YW5uOnB3");
    }

    @Test
    void credentialsAreNotPrinted() {
        assertThat(RegistryAccess.of(URI.create("http://a:1"))
                        .withBearer("t0ken")
                        .toString())
                .doesNotContain("t0ken")
                .contains("***");
        assertThat(new KafkaConfig("a:1", Map.of("sasl.jaas.config", "password=hunter2")).toString())
                .doesNotContain("hunter2")
                .contains("a:1", "sasl.jaas.config");
    }

    @Test
    void credentialsThatContradictEachOtherAreRefused() {
        assertRefused(Map.of("user", "ann"), "registry.user and registry.password must be given together");
        assertRefused(
                Map.of("user", "ann", "password", "pw", "bearer-token", "t"),
                "registry.bearer-token cannot be used together with registry.user");
        assertRefused(Map.of("urls", "http://ann:pw@a:1"), "must not hold credentials");
    }

    @Test
    void anAddressThatIsNoUrlIsRefused() {
        assertRefused(Map.of("urls", "localhost:8081"), "registry.urls must be http(s) URLs");
        assertRefused(Map.of("urls", "http://a b"), "http://a b");
    }

    private static void assertRefused(Map<String, Object> registry, String message) {
        assertThatThrownBy(() -> RegistrySettings.from(Settings.of(Map.of("registry", registry))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pw@"));
    }
}
