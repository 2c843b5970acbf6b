package dev.evalfleet.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.rights.Rights;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FleetProcessTest {
    private static final FleetProcess.Kind<String> NEVER =
            new FleetProcess.Kind<>(_ -> "own", FleetProcessTest::neverWired, (_, _) -> Rights.of("test"));

    @Test
    void mistakesInTheSettingsComeBeforeAnythingIsConnected() {
        Settings settings = Settings.of(Map.of("http", Map.of("port", "web", "hots", "x")));

        assertThatThrownBy(() -> FleetProcess.run(settings, NEVER))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("http.port must be a whole number, but is \"web\"")
                .hasMessageContaining("http.hots is not a setting; did you mean host?");
    }

    @Test
    void aPortThatIsNoPortIsRefused() {
        Settings settings = Settings.of(Map.of("http", Map.of("port", 70_000)));

        assertThatThrownBy(() -> FleetProcess.run(settings, NEVER))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("http.port must be between 0 (any free port) and 65535, was 70000");
    }

    @Test
    void aBrokerThatCannotBeFoundIsNamedWithWhatToDo() {
        Settings settings = Settings.of(Map.of("kafka", Map.of("bootstrap-servers", "no-such-host.invalid:9092")));

        assertThatThrownBy(() -> FleetProcess.run(settings, NEVER))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("Cannot connect to Kafka at no-such-host.invalid:9092")
                .hasMessageContaining("Check kafka.bootstrap-servers");
    }

    private static Service neverWired(Fleet fleet, String own) {
        throw new AssertionError("connected to " + fleet.kafka() + " for " + own);
    }
}
