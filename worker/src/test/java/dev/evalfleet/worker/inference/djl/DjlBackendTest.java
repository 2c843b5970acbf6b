package dev.evalfleet.worker.inference.djl;

import static dev.evalfleet.worker.inference.djl.TestModels.greedy;
import static dev.evalfleet.worker.inference.djl.TestModels.only;
import static dev.evalfleet.worker.inference.djl.TestModels.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlBackendTest {

    private static DjlBackend backend;

    @BeforeAll
    static void open() throws Exception {
        backend = DjlBackend.open(TestModels.batches(TestModels.made("cached"), 8));
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Completion ask(String prompt, GenerationParams params) {
        return backend.generate(plain(prompt, params), new Cancellation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cached", "plain", "half"})
    void everyKindOfExportGeneratesWhatPythonDoes(String kind) throws Exception {
        try (var asked = DjlBackend.open(TestModels.batches(TestModels.made(kind), 8))) {
            for (JsonNode text : TestModels.expected().get("texts")) {
                var request = plain(
                        text.get("prompt").asText(),
                        greedy(text.get("maxTokens").asInt()));

                Output output = only(asked.generate(request, new Cancellation()));

                assertThat(output.getText()).isEqualTo(text.get("text").asText());
                assertThat(output.getFinishReason()).isEqualTo("length");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cached", "plain", "half"})
    void everyKindOfExportGivesTheLikelihoodsThatPythonDoes(String kind) throws Exception {
        List<JsonNode> expected = new ArrayList<>();
        TestModels.expected().get("likelihoods").forEach(expected::add);
        List<Question> questions = expected.stream()
                .map(each -> new Question(
                        each.get("context").asText(), each.get("continuation").asText()))
                .toList();
        try (var asked = DjlBackend.open(TestModels.batches(TestModels.made(kind), 8))) {
            var answer = (Answered) asked.logLikelihoods(questions, new Cancellation());

            for (int i = 0; i < expected.size(); i++) {
                Output output = answer.outputs().get(i);
                assertThat(output.getLogLikelihood())
                        .isCloseTo(
                                expected.get(i).get("logLikelihood").asDouble(),
                                within(kind.equals("half") ? 0.2 : 1e-4));
                assertThat(output.getIsGreedy())
                        .isEqualTo(expected.get(i).get("isGreedy").asBoolean());
            }
        }
    }

    @Test
    void aStopStringEndsTheTextAlsoAcrossTokens() {
        String whole = only(ask("The", greedy(12))).getText();

        Output cut = only(ask("The", greedy(12, "never", whole.substring(2, 5))));

        assertThat(cut.getText()).isEqualTo(whole.substring(0, 2));
        assertThat(cut.getFinishReason()).isEqualTo("stop");
        var answered = (Answered) ask("The", greedy(12, whole.substring(2, 5)));
        assertThat(answered.outputTokens()).isEqualTo(5);
        assertThat(answered.promptTokens()).isEqualTo(3);
        assertThat(answered.timeToFirstToken()).isPositive().isLessThanOrEqualTo(answered.took());
    }

    @Test
    void aChatIsNotSupported() {
        var chat = new Generation("Hi", List.of(new Message("user", "Hi")), greedy(4));

        assertThat(backend.generate(chat, new Cancellation()))
                .isEqualTo(new Completion.Unsupported("the model cached has no chat template; ask without one"));
    }

    @Test
    void aParameterThatCannotBeHonouredIsNotIgnored() {
        GenerationParams params = greedy(4);
        params.setExtra(Map.of("num_beams", "4", "top_k", "5", "repetition_penalty", "1.0"));

        assertThat(ask("The", params))
                .isInstanceOfSatisfying(Completion.Unsupported.class, unsupported -> assertThat(unsupported.reason())
                        .contains("num_beams = 4"));
    }

    @Test
    void aPromptThatIsTooLongLosesItsBeginning() {
        String end = "12+34=56-7=".repeat(5).substring(0, 52);

        var answered = (Answered) ask("x".repeat(500) + end, greedy(12));

        assertThat(answered.promptTokens()).isEqualTo(52);
        assertThat(answered.outputs()).isEqualTo(((Answered) ask(end, greedy(12))).outputs());
    }

    @Test
    void tooManyTokensToGenerateAreRefusedWithNumbers() {
        assertThat(ask("The", greedy(64)))
                .isEqualTo(new Completion.Refused(
                        "context_length",
                        "asked for 64 tokens, but prompt and answer share the 64 tokens the model can see;"
                                + " set max_gen_toks between 1 and 63"));
    }

    @Test
    void whereTheSampleDoesNotSayHowManyTheModelMayFillWhatItCanSee() {
        var answered = (Answered) ask("The", GenerationParams.newBuilder().build());

        assertThat(answered.outputTokens()).isEqualTo(61);
    }

    @Test
    void samplingFollowsItsSeed() {
        GenerationParams params = greedy(20);
        params.setDoSample(true);
        params.setTemperature(2.0);
        params.setSeed(5L);
        String first = only(ask("The", params)).getText();

        assertThat(only(ask("The", params)).getText()).isEqualTo(first);
        params.setSeed(6L);
        assertThat(only(ask("The", params)).getText()).isNotEqualTo(first);
    }

    @Test
    void anEmptyPromptStartsWithTheStartToken() {
        assertThat(((Answered) ask("", greedy(3))).promptTokens()).isEqualTo(1);
    }

    @Test
    void aTextLongerThanTheModelCanSeeIsScoredInWindows() {
        String text = "12+34=46 ".repeat(20);

        Output whole = only(backend.rollingLogLikelihood(text, new Cancellation()));

        // The same by hand: windows of 64 tokens, each but the first seeing the token before it, the last one more.
        var questions = List.of(
                new Question("", text.substring(0, 64)),
                new Question(text.substring(63, 64), text.substring(64, 128)),
                new Question(text.substring(115, 128), text.substring(128)));
        var parts = (Answered) backend.logLikelihoods(questions, new Cancellation());
        double sum =
                parts.outputs().stream().mapToDouble(Output::getLogLikelihood).sum();
        assertThat(whole.getLogLikelihood()).isCloseTo(sum, within(1e-4));
    }

    @Test
    void anEmptyTextIsCertain() {
        Output output = only(backend.rollingLogLikelihood("", new Cancellation()));

        assertThat(output.getLogLikelihood()).isZero();
    }

    @Test
    void aContinuationThatIsTooLongIsRefusedWithNumbers() {
        assertThat(backend.logLikelihoods(List.of(new Question("a", "b".repeat(65))), new Cancellation()))
                .isEqualTo(new Completion.Refused(
                        "context_length", "the continuation has 65 tokens, the model can see 64"));
    }

    @Test
    void aContextThatIsTooLongLosesItsBeginning() {
        var questions =
                List.of(new Question("x".repeat(100) + "12+34=", "46"), new Question("x".repeat(57) + "12+34=", "46"));

        var answer = (Answered) backend.logLikelihoods(questions, new Cancellation());

        assertThat(answer.outputs().getFirst()).isEqualTo(answer.outputs().getLast());
    }

    @Test
    void aModelThatTakesNoPaddingStillBatchesTextsOfOneLength() throws Exception {
        try (var asked = DjlBackend.open(TestModels.batches(TestModels.made("absolute"), 8))) {
            List<Question> questions = IntStream.range(0, 20)
                    .mapToObj(i -> new Question("x".repeat(1 + i % 7), "yz".substring(i % 2)))
                    .toList();

            var together = (Answered) asked.logLikelihoods(questions, new Cancellation());

            for (int i = 0; i < questions.size(); i++) {
                Output alone = only(asked.logLikelihoods(List.of(questions.get(i)), new Cancellation()));
                assertThat(together.outputs().get(i).getLogLikelihood())
                        .isCloseTo(alone.getLogLikelihood(), within(1e-4));
            }
        }
    }

    @Test
    void aCancelledCallEndsAtOnce() {
        var cancellation = new Cancellation();
        cancellation.request();

        assertThat(backend.generate(plain("The", greedy(60)), cancellation)).isEqualTo(new Completion.Cancelled());
        assertThatCode(backend::probe).doesNotThrowAnyException();
    }

    @Test
    void aCallCancelledOnItsWayLeavesTheBatchAndTheOthersGoOn() throws Exception {
        String expected = only(ask("The", greedy(60))).getText();
        int cancelled = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 30; i++) {
                var cancellation = new Cancellation();
                var given = threads.submit(() -> backend.generate(plain("12+34=", greedy(57)), cancellation));
                var kept = threads.submit(() -> ask("The", greedy(60)));
                assertThat(cancellation.await(Duration.ofMillis(1))).isFalse();
                cancellation.request();

                assertThat(only(kept.get()).getText()).isEqualTo(expected);
                cancelled += given.get() instanceof Completion.Cancelled ? 1 : 0;
            }
        }
        assertThat(cancelled).isPositive();
    }

    @Test
    void aClosedModelIsUnavailable() throws Exception {
        var closed = DjlBackend.open(TestModels.batches(TestModels.made("cached"), 8));
        closed.close();
        closed.close();

        assertThat(closed.generate(plain("The", greedy(4)), new Cancellation()))
                .isEqualTo(new Completion.Unavailable("the model cached was closed"));
    }
}
