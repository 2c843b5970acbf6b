package dev.evalfleet.worker.inference.openai;

import static dev.evalfleet.worker.inference.openai.FakeServer.completion;
import static dev.evalfleet.worker.inference.openai.FakeServer.json;
import static dev.evalfleet.worker.inference.openai.FakeServer.raw;
import static dev.evalfleet.worker.inference.openai.FakeServer.reset;
import static dev.evalfleet.worker.inference.openai.FakeServer.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OpenAiBackendTest {

    private final FakeServer server = new FakeServer();
    private OpenAiBackend backend = backend(server.base());

    @AfterEach
    void close() {
        backend.close();
        server.close();
    }

    @Test
    void aPromptIsContinuedWithWhatTheSampleAsks() {
        backend.generate(
                generation(params().setUntil(List.of("\n", ""))
                        .setMaxTokens(9)
                        .setTemperature(0.7)
                        .setSeed(5L)
                        .setExtra(Map.of("top_k", "3", "min_p", "0.1", "model", "\"other\""))),
                new Cancellation());

        FakeServer.Call call = server.calls().getFirst();
        assertThat(call.path()).isEqualTo("/v1/completions");
        assertThat(call.authorization()).isEqualTo("Bearer s3cret");
        assertThat(call.body().path("model").asText()).isEqualTo("m");
        assertThat(call.body().path("prompt").asText()).isEqualTo("Q");
        assertThat(call.body().path("max_tokens").asInt()).isEqualTo(9);
        assertThat(call.body().path("stop")).hasToString("[\"\\n\"]");
        assertThat(call.body().path("temperature").asDouble()).isZero();
        assertThat(call.body().path("seed").asInt()).isEqualTo(5);
        assertThat(call.body().path("top_k").asInt()).isEqualTo(3);
        assertThat(call.body().path("stream_options").path("include_usage").asBoolean())
                .isTrue();
    }

    @Test
    void samplingIsAskedForOnlyWhenTheTaskSamples() {
        backend.generate(
                generation(params().setDoSample(true).setTemperature(0.7).setTopP(0.9)), new Cancellation());

        assertThat(server.lastBody().path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(server.lastBody().path("top_p").asDouble()).isEqualTo(0.9);
    }

    @Test
    void messagesAreAChat() {
        server.will(stream(
                "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"4\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"2\"},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2}}",
                "[DONE]"));

        Completion.Answered answer = answered(backend.generate(
                new Generation("ignored", List.of(new Message("user", "6*7?")), params().build()), new Cancellation()));

        assertThat(server.calls().getFirst().path()).isEqualTo("/v1/chat/completions");
        assertThat(server.lastBody().path("messages")).hasToString("[{\"role\":\"user\",\"content\":\"6*7?\"}]");
        assertThat(answer.outputs().getFirst().getText()).isEqualTo("42");
        assertThat(answer.outputs().getFirst().getFinishReason()).isEqualTo("stop");
        assertThat(answer.promptTokens()).isEqualTo(11);
        assertThat(answer.outputTokens()).isEqualTo(2);
        assertThat(answer.timeToFirstToken()).isPositive().isLessThanOrEqualTo(answer.took());
        assertThat(answer.endpoint()).isEqualTo(server.base().toString());
    }

    @Test
    void aStreamedTextIsCutAtTheFirstStopEvenIfItComesInPieces() {
        server.will(stream(text("one E"), text("N"), text("D two"), text("never read")));

        Completion.Answered answer =
                answered(backend.generate(generation(params().setUntil(List.of("zzz", "END"))), new Cancellation()));

        assertThat(answer.outputs().getFirst().getText()).isEqualTo("one ");
        assertThat(answer.outputs().getFirst().getFinishReason()).isEqualTo("stop");
    }

    @Test
    void aServerThatDoesNotStreamIsReadWhole() {
        server.will(json(200, completion("a\\nb")));

        assertThat(text(backend.generate(generation(params().setUntil(List.of("\n"))), new Cancellation())))
                .isEqualTo("a");
    }

    @Test
    void withoutUsageThePiecesAreCounted() {
        server.will(stream(text("a"), text("b"), finish(), "[DONE]"));

        assertThat(answered(generate()).outputTokens()).isEqualTo(2);
    }

    @Test
    void textOfSeveralBytesSurvivesAnyCut() {
        server.will(stream(text("naïve 😀"), finish(), "[DONE]"));

        assertThat(text(generate())).isEqualTo("naïve 😀");
    }

    @Test
    void aFinishedStreamWithoutItsEndMarkIsComplete() {
        server.will(stream(text("a"), finish()));

        assertThat(text(generate())).isEqualTo("a");
    }

    @Test
    void aTruncatedStreamIsBroken() {
        server.will(stream(text("half an ans")));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.code())
                .isEqualTo("truncated_stream"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"choices\": [", "<html>", "[]", "{}", ""})
    void anAnswerThatCannotBeReadIsBroken(String body) {
        server.will(json(200, body));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.code())
                .isEqualTo("malformed_answer"));
    }

    @Test
    void malformedJsonInAStreamIsBroken() {
        server.will(stream(text("a"), "{\"choices\":[{\"te"));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.code())
                .isEqualTo("malformed_answer"));
    }

    @Test
    void aConnectionThatIsCutIsBroken() {
        server.will(reset());

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.code())
                .isEqualTo("connection_lost"));
    }

    @Test
    void anErrorInsideAStreamIsTheErrorItIs() {
        server.will(
                stream(text("a"), "{\"error\":{\"message\":\"engine died\",\"code\":500}}"),
                stream("{\"error\":{\"message\":\"slow down\",\"code\":429}}"));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.reason())
                .contains("engine died"));
        assertThat(generate()).isInstanceOf(Completion.Throttled.class);
    }

    @Test
    void tooManyRequestsSaysWhenToComeBack() {
        String inAMinute = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1));
        server.will(
                json(429, "{}", "Retry-After", "3"),
                json(429, "{}"),
                json(503, "{}", "Retry-After", "2"),
                json(429, "{}", "Retry-After", inAMinute),
                json(429, "{}", "retry-after-ms", "250"),
                json(429, "{}", "Retry-After", "soon"));

        assertThat(generate()).isEqualTo(new Completion.Throttled(Duration.ofSeconds(3)));
        assertThat(generate()).isEqualTo(new Completion.Throttled(null));
        assertThat(generate()).isEqualTo(new Completion.Throttled(Duration.ofSeconds(2)));
        assertThat(generate())
                .isInstanceOfSatisfying(Completion.Throttled.class, throttled -> assertThat(throttled.retryAfter())
                        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60)));
        assertThat(generate()).isEqualTo(new Completion.Throttled(Duration.ofMillis(250)));
        assertThat(generate()).isEqualTo(new Completion.Throttled(null));
    }

    @Test
    void aPromptThatIsTooLongIsRefused() {
        server.will(
                json(400, "{\"error\":{\"message\":\"This model's maximum context length is 8 tokens\",\"code\":400}}"),
                json(
                        400,
                        "{\"object\":\"error\",\"message\":\"The input (9 tokens) is longer than the model's context length\"}"),
                json(500, "{\"error\":{\"message\":\"Requested tokens (9) exceed context window of 8\"}}"),
                json(422, "{\"error\":\"`inputs` tokens + `max_new_tokens` must be <= 8\"}"));

        for (int i = 0; i < 4; i++) {
            assertThat(generate())
                    .isInstanceOfSatisfying(Completion.Refused.class, refused -> assertThat(refused.code())
                            .isEqualTo("context_length"));
        }
    }

    @Test
    void aParameterTheServerDoesNotKnowIsNotTheModelsFault() {
        server.will(json(400, "{\"detail\":[{\"msg\":\"Extra inputs are not permitted\",\"loc\":[\"body\"]}]}"));

        assertThat(generate())
                .isInstanceOfSatisfying(Completion.Unsupported.class, unsupported -> assertThat(unsupported.reason())
                        .contains("400 from " + server.base())
                        .contains("Extra inputs"));
    }

    @Test
    void whatConcernsEverybodyIsUnavailability() {
        server.will(
                json(401, "{\"error\":{\"message\":\"bad key\"}}"),
                json(403, "nope"),
                json(404, "{\"detail\":\"Not Found\"}"),
                json(302, ""),
                json(429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"pay\"}}"));

        assertThat(unavailable()).contains("401").contains("bad key").contains("check api-key");
        assertThat(unavailable()).contains("403").contains("nope");
        assertThat(unavailable()).contains("404").contains("/v1").contains("served-name");
        assertThat(unavailable()).contains("302");
        assertThat(unavailable()).contains("pay");
    }

    @Test
    void aServerErrorIsBroken() {
        server.will(json(500, "{\"error\":{\"message\":\"CUDA\"}}"), json(502, "<html>Bad Gateway</html>"));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Broken.class, broken -> assertThat(broken.reason())
                .contains("500")
                .contains("CUDA"));
        assertThat(generate()).isInstanceOf(Completion.Broken.class);
    }

    @Test
    void aServerThatRefusesUsageInStreamsIsAskedWithout() {
        server.will(json(400, "{\"error\":{\"message\":\"Unknown parameter: 'stream_options'\"}}"));

        assertThat(text(generate())).isEqualTo("fine");
        assertThat(server.lastBody().has("stream_options")).isFalse();
        generate();
        assertThat(server.calls()).hasSize(3);
    }

    @Test
    void aServerThatWantsNewNamesOrFewStopsGetsThem() {
        server.will(
                json(400, "{\"error\":{\"message\":\"use 'max_completion_tokens' instead\"}}"),
                json(400, "{\"error\":{\"message\":\"'stop': array too long, at most 4\"}}"));

        Completion completion = backend.generate(
                new Generation(
                        "",
                        List.of(new Message("user", "x")),
                        params().setUntil(List.of("a", "b", "c", "d", "e"))
                                .setMaxTokens(3)
                                .build()),
                new Cancellation());
        assertThat(completion).isInstanceOf(Completion.Answered.class);
        assertThat(server.lastBody().path("max_completion_tokens").asInt()).isEqualTo(3);
        assertThat(server.lastBody().has("max_tokens")).isFalse();
        assertThat(server.lastBody().path("stop")).hasSize(4);
    }

    @Test
    void anAnswerThatIsTooLargeIsRefused() {
        String piece = "data: " + text("x".repeat(1 << 20)) + "\n\n";
        server.will(
                raw("text/event-stream", piece.repeat(20)), raw("text/event-stream", "data: " + "x".repeat(9 << 20)));

        assertThat(generate()).isInstanceOfSatisfying(Completion.Refused.class, refused -> assertThat(refused.code())
                .isEqualTo("answer_too_large"));
        assertThat(generate()).isInstanceOf(Completion.Broken.class);
    }

    @Test
    void aStreamThatFallsSilentTimesOut() {
        use(new OpenAiSettings(
                "m", List.of(server.base()), null, Duration.ofSeconds(5), Duration.ofMillis(100), true, null));
        server.will(server.thenSilence("text/event-stream", "data: " + text("a") + "\n\n"));

        assertThat(generate()).isEqualTo(new Completion.TimedOut(Duration.ofMillis(100)));
    }

    @Test
    void aCallThatHangsCanBeGivenUp() throws Exception {
        server.will(server.silence(), server.thenSilence("text/event-stream", "data: " + text("a") + "\n\n"));
        for (int i = 1; i <= 2; i++) {
            int calls = i;
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Completion> call =
                    CompletableFuture.supplyAsync(() -> backend.generate(generation(params()), cancellation));
            await().until(() -> server.calls().size() == calls);
            cancellation.request();
            assertThat(call.get()).isEqualTo(new Completion.Cancelled());
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        use(OpenAiSettings.of("m", URI.create("http://127.0.0.1:1/v1"), null));

        assertThat(unavailable()).contains("127.0.0.1:1").contains("is the model server running?");
        assertThatThrownBy(backend::probe).isInstanceOf(BackendException.class).hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aReplicaThatIsDownIsPassedOver() {
        use(new OpenAiSettings(
                "m",
                List.of(URI.create("http://127.0.0.1:1/v1"), server.base()),
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                true,
                null));

        for (int i = 0; i < 6; i++) {
            assertThat(text(generate())).isEqualTo("fine");
        }
        assertThat(server.calls()).hasSize(6);
    }

    @Test
    void theReplicaWithTheFewestCallsUnderWayIsAsked() throws Exception {
        try (FakeServer busy = new FakeServer()) {
            use(new OpenAiSettings(
                    "m",
                    List.of(busy.base(), server.base()),
                    null,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    true,
                    null));
            busy.will(busy.silence(), busy.silence(), busy.silence());
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Completion> stuck =
                    CompletableFuture.supplyAsync(() -> backend.generate(generation(params()), cancellation));
            await().until(() -> busy.calls().size() == 1);

            for (int i = 0; i < 5; i++) {
                assertThat(text(generate())).isEqualTo("fine");
            }
            assertThat(server.calls()).hasSize(5);
            cancellation.request();
            stuck.get();
        }
    }

    @Test
    void aProbeNamesWhatTheServerOffers() throws Exception {
        backend.probe();

        server.modelsAnswer(json(200, "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"));
        assertThatThrownBy(backend::probe)
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("does not serve a model 'm'")
                .hasMessageContaining("a, b");
        server.modelsAnswer(json(401, "{\"error\":{\"message\":\"bad key\"}}"));
        assertThatThrownBy(backend::probe).hasMessageContaining("bad key").hasMessageContaining("api-key");
        server.modelsAnswer(raw("text/html", "<html>"));
        assertThatThrownBy(backend::probe).hasMessageContaining("usually ends in /v1");
    }

    @Test
    void aProbeOfAModelInUseAsksForATokenToo() {
        generate();
        server.will(json(500, "{\"error\":{\"message\":\"engine died\"}}"));

        assertThatThrownBy(backend::probe).hasMessageContaining("engine died");
        assertThat(server.lastBody().path("max_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void aServerWithoutAListOfModelsIsGoodWhenItAnswers() throws Exception {
        server.modelsAnswer(json(404, ""));
        backend.probe();

        server.will(json(404, "{}"), json(404, "{}"));
        assertThatThrownBy(backend::probe).hasMessageContaining("/models");
    }

    private Completion generate() {
        return backend.generate(generation(params()), new Cancellation());
    }

    private String unavailable() {
        Completion completion = generate();
        assertThat(completion).isInstanceOf(Completion.Unavailable.class);
        return ((Completion.Unavailable) completion).reason();
    }

    private static Generation generation(GenerationParams.Builder params) {
        return new Generation("Q", List.of(), params.build());
    }

    private static GenerationParams.Builder params() {
        return GenerationParams.newBuilder();
    }

    private static Completion.Answered answered(Completion completion) {
        assertThat(completion).isInstanceOf(Completion.Answered.class);
        return (Completion.Answered) completion;
    }

    private static String text(Completion completion) {
        return String.valueOf(answered(completion).outputs().getFirst().getText());
    }

    private static String text(String piece) {
        return "{\"choices\":[{\"text\":\"" + piece + "\"}],\"usage\":null}";
    }

    private static String finish() {
        return "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}";
    }

    private void use(OpenAiSettings settings) {
        backend.close();
        backend = settings.open();
    }

    private static OpenAiBackend backend(URI base) {
        return OpenAiSettings.of("m", base, new Secret("s3cret")).open();
    }
}
