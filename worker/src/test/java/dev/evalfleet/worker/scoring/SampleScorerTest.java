package dev.evalfleet.worker.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.worker.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleScorerTest {

    @Test
    void withoutFiltersTheFirstOutputCountsUnderTheNameNone() {
        Sample sample = Samples.generation("d", "4").build();

        SampleScorer.Scored scored = SampleScorer.score(sample, texts("4", "5"));

        assertThat(scored.filtered()).containsExactly(new FilteredOutput("none", List.of("4")));
        assertThat(scored.scores()).containsExactly(new Score("exact_match", "none", 1.0, List.of()));
    }

    @Test
    void everyMetricIsScoredOnEveryPipeline() {
        Sample sample = Samples.generation("d", "4")
                .setFilters(List.of(
                        pipeline("strict", new FilterStep("regex", "{\"regex_pattern\":\"#### (\\\\d+)\"}")),
                        pipeline("flexible", new FilterStep("regex", "{\"regex_pattern\":\"\\\\d+\"}"))))
                .setMetrics(List.of(
                        new SampleMetric("exact_match", "{}"),
                        new SampleMetric("exact_match", "{\"ignore_case\":true}")))
                .build();

        assertThat(SampleScorer.score(sample, texts("it is 4")).scores())
                .extracting(Score::getFilter, Score::getValue)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("strict", 0.0),
                        org.assertj.core.groups.Tuple.tuple("strict", 0.0),
                        org.assertj.core.groups.Tuple.tuple("flexible", 1.0),
                        org.assertj.core.groups.Tuple.tuple("flexible", 1.0));
    }

    @Test
    void aPipelineThatKeepsSeveralAnswersCountsTheShareThatIsRight() {
        Sample sample = Samples.generation("d", "a")
                .setFilters(List.of(pipeline("all", new FilterStep("lowercase", "{}"))))
                .build();

        assertThat(score(sample, texts("A", "b", "a", "c"))).isEqualTo(0.5);
    }

    @Test
    void aGroupBeyondTheMatchesIsTheFallback() {
        FilterStep second = new FilterStep("regex", "{\"regex_pattern\":\"\\\\d\",\"group_select\":2}");
        Sample sample = Samples.generation("d", "[invalid]")
                .setFilters(List.of(pipeline("third", second)))
                .build();

        assertThat(score(sample, texts("1 2"))).isEqualTo(1.0);
    }

    // acc takes the likeliest, acc_norm per character, acc_bytes per UTF-8 byte of the choice without delimiter.
    @ParameterizedTest
    @CsvSource({"acc,0", "acc_norm,1", "acc_bytes,2"})
    void choicesAreComparedByLikelihoodPerUnit(String metric, int likeliest) {
        String[] choices = {"x", "abcdef", "äöüß"};
        double[] logLikelihoods = {-3.0, -5.0, -4.0};
        for (int gold = 0; gold < 3; gold++) {
            Sample sample = Samples.multipleChoice("d", gold, choices)
                    .setMetrics(List.of(new SampleMetric(metric, "{}")))
                    .build();
            assertThat(score(sample, likelihoods(logLikelihoods)))
                    .as("gold %d", gold)
                    .isEqualTo(gold == likeliest ? 1.0 : 0.0);
        }
    }

    @Test
    void lengthsAreCodePointsNotJavaChars() {
        // -4 / 2 code points = -2 beats -9 / 4; with 4 chars it would be -1 against -2.25, so also the second is wrong
        Sample sample = Samples.multipleChoice("d", 0, "abc", "😀😀")
                .setMetrics(List.of(new SampleMetric("acc_norm", "{}")))
                .build();

        assertThat(score(sample, likelihoods(-4.5, -4.0))).isEqualTo(1.0); // -1.5 against -2.0
    }

    @Test
    void theFirstOfEquallyLikelyChoicesIsChosen() {
        assertThat(score(Samples.multipleChoice("d", 0, "a", "b").build(), likelihoods(-1, -1)))
                .isEqualTo(1.0);
        assertThat(score(Samples.multipleChoice("d", 1, "a", "b").build(), likelihoods(-1, -1)))
                .isEqualTo(0.0);
    }

    @Test
    void anyOfSeveralGoldChoicesIsRight() {
        Sample sample = Samples.multipleChoice("d", 0, "a", "b", "c")
                .setGoldChoices(List.of(0, 2))
                .build();

        assertThat(score(sample, likelihoods(-3, -2, -1))).isEqualTo(1.0);
        assertThat(score(sample, likelihoods(-3, -1, -2))).isEqualTo(0.0);
    }

    @Test
    void aGoldChoiceOutOfRangeIsNeverRight() {
        Sample sample = Samples.multipleChoice("d", 7, "a", "b")
                .setMetrics(List.of(new SampleMetric("acc", "{}"), new SampleMetric("exact_match", "{}")))
                .build();

        assertThat(SampleScorer.score(sample, likelihoods(-1, -2)).scores())
                .extracting(Score::getValue)
                .containsExactly(0.0, 0.0);
    }

    @Test
    void mutualInformationSubtractsTheUnconditionalLikelihood() {
        Sample sample = Samples.multipleChoice("d", 1, "a", "b")
                .setMetrics(List.of(new SampleMetric("acc_mutual_info", "{}"), new SampleMetric("acc", "{}")))
                .build();

        // conditional -1, -2; unconditional -1, -5: the context says nothing for a, and much for b
        assertThat(SampleScorer.score(sample, likelihoods(-1, -2, -1, -5)).scores())
                .extracting(Score::getValue)
                .containsExactly(1.0, 0.0);
    }

    @Test
    void exactMatchOfChoicesIsGreedinessOfTheGoldOne() {
        Sample sample = Samples.multipleChoice("d", 1, "a", "b")
                .setMetrics(List.of(new SampleMetric("exact_match", "{}")))
                .build();

        assertThat(score(sample, List.of(likelihood(-1, false), likelihood(-2, true))))
                .isEqualTo(1.0);
    }

    @Test
    void perplexityIsTheLogLikelihoodAndAccIsGreediness() {
        Sample sample = Samples.generation("d", "x")
                .setRequestType(RequestType.LOGLIKELIHOOD)
                .setMetrics(List.of(new SampleMetric("perplexity", "{}"), new SampleMetric("acc", "{}")))
                .build();

        assertThat(SampleScorer.score(sample, List.of(likelihood(-2.5, true))).scores())
                .extracting(Score::getValue)
                .containsExactly(-2.5, 1.0);
    }

    @Test
    void rollingMetricsCarryWhatMustBeSummed() {
        Sample sample = Samples.generation("d", "zwei  Wörter ")
                .setRequestType(RequestType.LOGLIKELIHOOD_ROLLING)
                .setMetrics(Stream.of("word_perplexity", "byte_perplexity", "bits_per_byte")
                        .map(name -> new SampleMetric(name, "{}"))
                        .toList())
                .build();

        assertThat(SampleScorer.score(sample, List.of(likelihood(-9, false))).scores())
                .extracting(Score::getStatistics)
                .containsExactly(List.of(-9.0, 3.0), List.of(-9.0, 14.0), List.of(-9.0, 14.0));
    }

    @Test
    void anUnknownMetricSaysWhichAreKnown() {
        Sample sample = Samples.generation("d", "x")
                .setMetrics(List.of(new SampleMetric("bleurt", "{}")))
                .build();

        assertThatThrownBy(() -> SampleScorer.score(sample, texts("x")))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("'bleurt'")
                .hasMessageContaining("exact_match");
    }

    @Test
    void anUnknownFilterIsNamed() {
        Sample sample = Samples.generation("d", "x")
                .setFilters(List.of(pipeline("p", new FilterStep("sorcery", "{}"))))
                .build();

        assertThatThrownBy(() -> SampleScorer.score(sample, texts("x"))).hasMessageContaining("'sorcery'");
    }

    @Test
    void takingMoreRepeatsThanThereAreSaysSo() {
        Sample sample = Samples.generation("d", "x")
                .setFilters(List.of(pipeline("p", new FilterStep("take_first_k", "{\"k\":3}"))))
                .build();

        assertThatThrownBy(() -> SampleScorer.score(sample, texts("x"))).hasMessageContaining("wants 3 outputs");
    }

    private static double score(Sample sample, List<Output> outputs) {
        return SampleScorer.score(sample, outputs).scores().getFirst().getValue();
    }

    private static FilterPipeline pipeline(String name, FilterStep... steps) {
        return new FilterPipeline(name, List.of(steps));
    }

    private static List<Output> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> Output.newBuilder().setText(text).build())
                .toList();
    }

    private static List<Output> likelihoods(double... values) {
        return java.util.Arrays.stream(values)
                .mapToObj(value -> likelihood(value, false))
                .toList();
    }

    private static Output likelihood(double value, boolean greedy) {
        return Output.newBuilder().setLogLikelihood(value).setIsGreedy(greedy).build();
    }
}
