package dev.evalfleet.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSecurityTest {
    @TempDir
    private Path folder;

    @Test
    void aPasswordIsScramUnlessSaidOtherwise() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "pa\"ss\\word\n");

        Map<String, String> properties = read(Map.of(
                        "user", "worker", "password-file", password.toString(), "tls", true))
                .properties();

        assertThat(properties)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"worker\" password=\"pa\\\"ss\\\\word\";");
    }

    @Test
    void withoutAnythingNothingIsSet() {
        assertThat(read(Map.of()).properties()).isEmpty();
    }

    @Test
    void whatThePropertiesSayWins() {
        KafkaConfig kafka = KafkaConfig.from(Settings.of(Map.of(
                "kafka",
                Map.of(
                        "properties", Map.of("sasl.mechanism", "OAUTHBEARER"),
                        "security", Map.of("user", "u", "password", "p")))));

        assertThat(kafka.properties()).containsEntry("sasl.mechanism", "OAUTHBEARER");
    }

    @Test
    void contradictionsAndHolesAreRefused() {
        assertRefused(Map.of("user", "u"), "must be given together");
        assertRefused(Map.of("mechanism", "PLAIN"), "needs kafka.security.user");
        assertRefused(Map.of("user", "u", "password", "hunter2", "mechanism", "PLAIN"), "PLAIN without TLS");
        assertRefused(Map.of("user", "u", "password", "hunter2", "mechanism", "GSSAPI"), "kafka.properties");
        assertRefused(Map.of("certificate-file", "c.pem"), "certificate-file and key-file must be given together");
        assertRefused(Map.of("ca-file", "c.pem", "tls", false), "kafka.security.tls is false");
        assertRefused(Map.of("user", "u", "password", ""), "is empty: the secret is missing");
        assertRefused(Map.of("user", "u", "password", List.of("hunter2")), "what is there is not shown");
    }

    @Test
    void aFileThatIsNoCertificateIsSaid() throws Exception {
        Path file = Files.writeString(folder.resolve("ca.pem"), "nothing of the kind");

        assertThatThrownBy(() -> new TlsSettings(file, null, null, null).context())
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("PEM certificates");
        assertThatThrownBy(() -> new TlsSettings(folder.resolve("none"), null, null, null).kafkaProperties())
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("ca-file: cannot read");
    }

    @Test
    void whatAClientSaysOfItsSettingsIsCleaned() {
        KafkaConfig kafka = new KafkaConfig(
                "b:1",
                Map.of(
                        "sasl.jaas.config", "x required username=\"u\" password=\"hunter2\";",
                        "ssl.key.password", "opensesame"));

        assertThat(kafka.withoutSecrets("cannot use hunter2 nor opensesame")).isEqualTo("cannot use *** nor ***");
        assertThat(new Secret("sk-1").hiddenIn("bad key sk-1")).isEqualTo("bad key ***");
    }

    private static KafkaSecurity read(Map<String, Object> security) {
        Settings section = Settings.of(Map.of("security", security)).section("security");
        var reader = KafkaSecurity.reader(section);
        return section.build(reader);
    }

    private static void assertRefused(Map<String, Object> security, String message) {
        assertThatThrownBy(() -> KafkaConfig.from(Settings.of(Map.of("kafka", Map.of("security", security)))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message)
                .satisfies(problem -> assertThat(problem.getMessage()).doesNotContain("hunter2"));
    }
}
