package dev.evalfleet.worker.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.schemas.Scoring;
import dev.evalfleet.schemas.ScriptedMetrics;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.worker.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CorpusScorersTest {

    @Test
    void everyMetricThatAPlanMayPromiseIsKnown() {
        for (RequestType type : RequestType.values()) {
            for (String metric : Scoring.metrics(type).keySet()) {
                assertThatCode(() -> Scorers.of(type, metric)).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void everyScorerThatAKnownFunctionStandsForIsKnown() {
        List<String> metrics = List.of("em", "exact_match", "f1", "acc", "bleu_max", "rougeL_diff", "pct_stereotype");
        Map<RequestType, List<String>> functions = Map.of(
                RequestType.GENERATE_UNTIL,
                List.of("math", "aime", "drop", "coqa", "xquad", "mlqa zh", "truthful", "truthful bleu"),
                RequestType.MULTIPLE_CHOICE,
                List.of("mc2", "record", "crows_pairs"));
        functions.forEach((type, names) -> names.forEach(name -> metrics.forEach(metric -> {
            Object scorer = ScriptedMetrics.options(name, metric).getOrDefault("scorer", "acc");
            RequestType scored = scorer.equals("acc") ? RequestType.MULTIPLE_CHOICE : type;
            assertThatCode(() -> Scorers.of(scored, scorer.toString()))
                    .as("%s of %s", metric, name)
                    .doesNotThrowAnyException();
        })));
    }

    @Test
    void everyFilterThatAPlanMayPromiseIsKnown() {
        for (String filter : Scoring.filters()) {
            Sample sample = Samples.generation("d", "x")
                    .setDocument("{\"choices\":[\"x\",\"y\"]}")
                    .setFilters(List.of(new FilterPipeline(filter, List.of(new FilterStep(filter, "{\"k\":1}")))))
                    .build();

            assertThatCode(() -> SampleScorer.score(sample, texts("x")))
                    .as(filter)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void textMetricsGiveTheirStatisticsAndTheScoreOfTheSentence() {
        assertThat(generated("bleu", "the cat sat", "the cat sat").getStatistics())
                .containsExactly(3.0, 3.0, 3.0, 2.0, 1.0, 0.0, 3.0, 2.0, 1.0, 0.0);
        assertThat(generated("bleu", "the cat sat", "the cat sat").getValue()).isEqualTo(100);
        assertThat(generated("ter", "b a c", "a b c"))
                .isEqualTo(new Score("ter", "none", 100 * (1.0 / 3), List.of(1.0, 3.0)));
        assertThat(generated("chrf", "", "ab").getStatistics()).hasSize(18);
        assertThat(generated("chrf++", "", "ab").getStatistics()).hasSize(24);
        assertThat(generated("rouge1", "a b", "a c").getValue()).isEqualTo(0.5);
    }

    @Test
    void ofSeveralTargetsTheBestCounts() {
        Sample sample = Samples.generation("d", "x")
                .setTargets(List.of("nothing alike", "an apple"))
                .setMetrics(List.of(new SampleMetric("token_f1", "{}")))
                .build();

        assertThat(SampleScorer.score(sample, texts("The apple."))
                        .scores()
                        .getFirst()
                        .getValue())
                .isEqualTo(1);
    }

    @Test
    void passAtKIsEstimatedFromAllAnswersThatAreKept() {
        FilterPipeline all = new FilterPipeline("all", List.of(new FilterStep("take_first_k", "{\"k\":4}")));
        Sample sample = Samples.generation("d", "42")
                .setFilters(List.of(all))
                .setMetrics(
                        List.of(new SampleMetric("pass_at_k", "{\"k\":1}"), new SampleMetric("pass_at_k", "{\"k\":2}")))
                .build();

        assertThat(SampleScorer.score(sample, texts("41", "42", "no", "43")).scores())
                .extracting(Score::getValue)
                .containsExactly(0.25, 0.5);
        assertThatThrownBy(() -> SampleScorer.score(
                        Sample.newBuilder(sample)
                                .setMetrics(List.of(new SampleMetric("pass_at_k", "{\"k\":5}")))
                                .build(),
                        texts("41", "42", "no", "43")))
                .hasMessageContaining("k 5 cannot be told from 4 answers; raise the task's repeats");
    }

    @Test
    void labelsAreComparedAsHuggingFacesMicroF1() {
        assertThat(generated("f1", "2", "2", "{\"average\":\"micro\"}").getValue())
                .isEqualTo(1);
        assertThatThrownBy(() -> generated("f1", "2", "2", "{\"average\":\"macro\"}"))
                .hasMessage("f1 of generated labels averages as micro, and not as macro");
    }

    @Test
    void f1AndMccCountWhichChoiceWasTakenForWhich() {
        Score right = chosen("mcc", List.of(1), -2.0, -1.0);
        Score wrong = chosen("f1", List.of(0), -2.0, -1.0);
        Score outside = chosen("f1", List.of(7), -2.0, -1.0);

        assertThat(right.getValue()).isEqualTo(1);
        assertThat(right.getStatistics()).hasSize(7).endsWith(1.0);
        assertThat(wrong.getValue()).isZero();
        assertThat(wrong.getStatistics()).hasSize(6).endsWith(1.0);
        assertThat(outside.getStatistics()).hasSize(5).endsWith(1.0);
        assertThatThrownBy(() -> chosen("f1", List.of(0, 1), -2.0, -1.0))
                .hasMessage("the metric needs one right choice, and the sample has 2");
    }

    @Test
    void probabilitiesAreNormalisedOverTheChoices() {
        double[] logs = {Math.log(0.05), Math.log(0.1), Math.log(0.05)};

        assertThat(chosen("brier_score", List.of(1), logs).getValue()).isCloseTo(0.375, within(1e-15));
        assertThat(chosen("mc2", List.of(0, 1), logs).getValue()).isCloseTo(0.75, within(1e-15));
        assertThat(chosen("mc2", List.of(0), -2000.0, -2000.0).getValue()).isEqualTo(0.5);
    }

    private static Score generated(String metric, String answer, String target) {
        return generated(metric, answer, target, "{}");
    }

    private static Score generated(String metric, String answer, String target, String options) {
        Sample sample = Samples.generation("d", target)
                .setMetrics(List.of(new SampleMetric(metric, options)))
                .build();
        return SampleScorer.score(sample, texts(answer)).scores().getFirst();
    }

    private static Score chosen(String metric, List<Integer> golds, double... logLikelihoods) {
        String[] choices = Stream.of("a", "b", "c").limit(logLikelihoods.length).toArray(String[]::new);
        Sample sample = Samples.multipleChoice("d", 0, choices)
                .setGoldChoices(golds)
                .setMetrics(List.of(new SampleMetric(metric, "{}")))
                .build();
        List<Output> outputs = Arrays.stream(logLikelihoods)
                .mapToObj(log -> Output.newBuilder()
                        .setLogLikelihood(log)
                        .setIsGreedy(false)
                        .build())
                .toList();
        return SampleScorer.score(sample, outputs).scores().getFirst();
    }

    private static List<Output> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> Output.newBuilder().setText(text).build())
                .toList();
    }
}
