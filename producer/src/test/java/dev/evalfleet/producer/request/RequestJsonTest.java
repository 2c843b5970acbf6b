package dev.evalfleet.producer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestJsonTest {

    private static EvalRequest read(String json) {
        return RequestJson.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void fieldsAreReadByNameAndTheRestHasItsDefaults() {
        EvalRequest request = read(
                """
                {"requestId": "r1", "tasks": ["gsm8k"], "models": ["a", "b"], "limit": 50,
                 "baseline": {"kind": "MODEL", "value": "a"},
                 "gates": {"maxRegression": {"exact_match": 0.02}, "stopEarly": "ON_FAIL"},
                 "labels": {"step": "100"}}
                """);

        assertThat(request.getTasks()).containsExactly("gsm8k");
        assertThat(request.getLimit()).isEqualTo(50.0);
        assertThat(request.getBaseline().getKind()).isEqualTo(BaselineKind.MODEL);
        assertThat(request.getGates().getStopEarly()).isEqualTo(StopEarly.ON_FAIL);
        assertThat(request.getGates().getAlpha()).isEqualTo(0.05);
        assertThat(request.getLabels()).isEqualTo(Map.of("step", "100"));
        assertThat(request.getPriority()).isEqualTo(1);
        assertThat(request.getNumFewshot()).isNull();
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() {
        assertThatThrownBy(() -> read("{\"requestId\": \"r1\", \"tasks\": [\"t\"], \"model\": [\"a\"]}"))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("request has no field \"model\"; did you mean models?");
        assertThatThrownBy(() -> read("{\"requestId\": \"r1\", \"tasks\": \"t\", \"models\": []}"))
                .hasMessage("request tasks must be a list, but is \"t\"");
        assertThatThrownBy(() -> read("{\"requestId\": \"r1\", \"tasks\": []}"))
                .hasMessage("request models is missing");
        assertThatThrownBy(() -> read("{\"requestId\": ")).hasMessageStartingWith("the request is not JSON");
        assertThatThrownBy(() -> read(
                        "{\"requestId\": \"r\", \"tasks\": [], \"models\": [], \"gates\": {\"stopEarly\": \"MAYBE\"}}"))
                .hasMessage("request gates stopEarly must be one of NEVER, ON_FAIL, ON_VERDICT, but is \"MAYBE\"");
    }
}
