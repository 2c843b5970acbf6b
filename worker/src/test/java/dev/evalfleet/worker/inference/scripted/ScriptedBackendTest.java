package dev.evalfleet.worker.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.Samples;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScriptedBackendTest {

    @Test
    void itAnswersTheTargetInTheFormOfTheScript() {
        assertThat(say(script("#### {target}", 1, Map.of()), "d1")).isEqualTo("#### 42");
    }

    @Test
    void aShareOfDocumentsIsAnsweredWronglyTheSameOnesEachTime() {
        ScriptedSettings script = script("{target}", 0.7, Map.of());
        List<String> first = answers(script);

        assertThat(first.stream().filter("42"::equals).count() / 2000.0).isEqualTo(0.7, within(0.03));
        assertThat(answers(script)).isEqualTo(first);
    }

    @Test
    void theRightChoiceIsTheLikeliest() {
        Sample sample = Samples.multipleChoice("d", 2, "a", "b", "c").build();
        Completion completion = ScriptedSettings.perfect("m")
                .open()
                .forSample(sample)
                .logLikelihoods(
                        List.of(new Question("Q", " a"), new Question("Q", " b"), new Question("Q", " c")),
                        new Cancellation());

        assertThat(completion).isInstanceOfSatisfying(Completion.Answered.class, answer -> assertThat(answer.outputs())
                .extracting(Output::getIsGreedy)
                .containsExactly(false, false, true));
    }

    @Test
    void callsFailByTheShareAndATryLaterMaySucceed() {
        ScriptedBackend backend = script("{target}", 1, Map.of("broken", 0.5)).open();
        long broken = IntStream.range(0, 1000)
                .filter(i -> backend.forSample(sample("d" + i)).generate(question(), new Cancellation())
                        instanceof Completion.Broken)
                .count();

        assertThat(broken / 1000.0).isEqualTo(0.5, within(0.05));
    }

    private static List<String> answers(ScriptedSettings script) {
        return IntStream.range(0, 2000).mapToObj(i -> say(script, "d" + i)).toList();
    }

    private static String say(ScriptedSettings script, String documentId) {
        Completion completion = script.open().forSample(sample(documentId)).generate(question(), new Cancellation());
        assertThat(completion).isInstanceOf(Completion.Answered.class);
        return String.valueOf(
                ((Completion.Answered) completion).outputs().getFirst().getText());
    }

    private static Sample sample(String documentId) {
        return Samples.generation(documentId, "42").build();
    }

    private static Generation question() {
        return new Generation("Q", List.of(), GenerationParams.newBuilder().build());
    }

    private static ScriptedSettings script(String answer, double accuracy, Map<String, Double> failures) {
        return new ScriptedSettings("m", answer, accuracy, Duration.ZERO, 0, failures, 0);
    }
}
