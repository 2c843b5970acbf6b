package dev.evalfleet.producer.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.StopEarly;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // what is read here is as its maker writes it
class RequestJsonTest {

    private final Problems problems = new Problems();

    private EvalRequest read(String json) {
        EvalRequest request = RequestJson.read(json.getBytes(StandardCharsets.UTF_8), "key", problems);
        assertThat(mistakes()).isEmpty();
        return request;
    }

    private List<String> mistakes() {
        return problems.list().stream()
                .map(problem -> problem.getWhere() + " " + problem.getMessage())
                .toList();
    }

    private List<String> mistakes(String json) {
        assertThat(RequestJson.read(json.getBytes(StandardCharsets.UTF_8), "key", problems))
                .isNull();
        return mistakes();
    }

    @Test
    void fieldsAreReadByNameAndTheRestHasItsDefaults() {
        EvalRequest request = read(
                """
                {"requestId": "r1", "tasks": ["gsm8k"], "models": ["a", "b"], "limit": 50,
                 "baseline": {"kind": "MODEL", "value": "a"},
                 "gates": {"maxRegression": {"exact_match": 0.02}, "stopEarly": "ON_FAIL"},
                 "labels": {"step": "100"}, "submittedAt": 5}
                """);

        assertThat(request.getTasks()).containsExactly("gsm8k");
        assertThat(request.getLimit()).isEqualTo(50.0);
        assertThat(request.getBaseline()).isEqualTo(new Baseline(BaselineKind.MODEL, "a"));
        assertThat(request.getGates().getStopEarly()).isEqualTo(StopEarly.ON_FAIL);
        assertThat(request.getGates().getAlpha()).isEqualTo(0.05);
        assertThat(request.getLabels()).isEqualTo(Map.of("step", "100"));
        assertThat(request.getSubmittedAt()).hasToString("1970-01-01T00:00:00.005Z");
        assertThat(request.getPriority()).isEqualTo(1);
        assertThat(request.getNumFewshot()).isNull();
    }

    @Test
    void whatPeopleWriteInARequestFileIsTakenToo() {
        EvalRequest request = read(
                """
                {"baseline": "a", "tasks": "gsm8k", "models": ["a", "b"],
                 "gates": {"stopEarly": "on-fail"}, "labels": {"step": 100},
                 "generation": {"temperature": 0.5, "until": ["\\n"]},
                 "inlineTasks": {"mine": {"task": "mine"}}}
                """);

        assertThat(request.getRequestId()).as("the record's key").isEqualTo("key");
        assertThat(request.getTasks()).containsExactly("gsm8k");
        assertThat(request.getBaseline()).isEqualTo(new Baseline(BaselineKind.MODEL, "a"));
        assertThat(request.getGates().getStopEarly()).isEqualTo(StopEarly.ON_FAIL);
        assertThat(request.getLabels()).isEqualTo(Map.of("step", "100"));
        assertThat(request.getGeneration()).isEqualTo(Map.of("temperature", "0.5", "until", "[\"\\n\"]"));
        assertThat(request.getInlineTasks()).isEqualTo(Map.of("mine", "{\"task\":\"mine\"}"));
    }

    @Test
    void everythingThatIsWrongIsNamedWithLineColumnAndField() {
        assertThat(
                        mistakes(
                                """
                        {"model": ["a"], "tasks": [1, "t"],
                         "limit": "fifty", "priority": 1.5, "chat": "yes", "seed": 99999999999999999999,
                         "gates": {"stopEarly": "MAYBE", "alfa": 0.05},
                         "variants": [{"description": "x"}, 7], "limit": 3}
                        """))
                .containsExactlyInAnyOrder(
                        "request:1:2 model is not a field of a request; did you mean models?",
                        "request:1:28 tasks[0] must be text, but is 1",
                        "request:2:11 limit must be a number, but is \"fifty\"",
                        "request:2:32 priority must be a whole number, but is 1.5",
                        "request:2:45 chat must be true or false, but is \"yes\"",
                        "request:2:60 seed must be a whole number, but is 99999999999999999999",
                        "request:3:25 gates.stopEarly must be one of NEVER, ON_FAIL, ON_VERDICT, but is \"MAYBE\"",
                        "request:3:34 gates.alfa is not a field of a request; did you mean alpha?",
                        "request:4:15 variants[0].name is missing",
                        "request:4:37 variants[1] must be an object, but is 7",
                        "request:4:41 limit is there twice",
                        "request:1:1 models is missing");
    }

    @Test
    void whatIsNotJsonIsToldWithItsPlace() {
        assertThat(mistakes("{\"tasks\": [\"t\"],\n  models: []}"))
                .singleElement()
                .asString()
                .startsWith("request:2:3 is not JSON: Unexpected character ('m'");
    }

    @Test
    void whatEndsEarlyOrLateOrIsEmptyIsTold() {
        assertThat(mistakes("[1, 2]")).containsExactly("request:1:1 must be an object, but is [1,2]");
        assertThat(new RequestJsonTest().mistakes(""))
                .singleElement()
                .asString()
                .contains("must be an object");
        assertThat(new RequestJsonTest().mistakes("{\"tasks\": "))
                .singleElement()
                .asString()
                .contains("is not JSON: Unexpected end-of-input");
        assertThat(new RequestJsonTest().mistakes("{\"tasks\": [], \"models\": []} {}"))
                .containsExactly("request:1:29 goes on after its end");
    }
}
