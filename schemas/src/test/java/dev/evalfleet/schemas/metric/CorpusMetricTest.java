package dev.evalfleet.schemas.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CorpusMetricTest {

    @Test
    void aggregationsAreFoundByTheNameTheHarnessGivesThem() {
        assertThat(CorpusMetric.named("chrf++")).contains(CorpusMetric.CHRF_PLUS_PLUS);
        assertThat(CorpusMetric.named("matthews_corrcoef")).contains(CorpusMetric.MATTHEWS_CORRCOEF);
        assertThat(CorpusMetric.named("unheard_of")).isEmpty();
    }

    @Test
    void noSamplesHaveNoValue() {
        for (CorpusMetric metric : CorpusMetric.values()) {
            assertThat(metric.of(0, 0)).as(metric.aggregation()).isNull();
        }
    }

    @Test
    void perplexityIsOfTheMeanAndWeightedPerplexityOfTheSums() {
        assertThat(CorpusMetric.PERPLEXITY.of(2, -4.0)).isEqualTo(Math.exp(2));
        assertThat(CorpusMetric.WEIGHTED_PERPLEXITY.of(2, -4.0, -4.0, 8)).isEqualTo(Math.exp(0.5));
        assertThat(CorpusMetric.BITS_PER_BYTE.of(2, -4.0, -4.0 * Math.log(2), 8))
                .isEqualTo(0.5);
        assertThat(CorpusMetric.BITS_PER_BYTE.of(2, -4.0, -4.0, 0)).isNull();
    }

    @Test
    void confusionCellsOfAnySizeAddUp() {
        double[] sums = new double[8];
        for (int[] pair : new int[][] {{1, 1}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}) {
            double[] statistics = Confusion.statistics(pair[0], pair[1]);
            for (int i = 0; i < statistics.length; i++) {
                sums[i] += statistics[i];
            }
        }

        assertThat(CorpusMetric.F1.of(5, 3, sums)).isEqualTo(4.0 / 6);
        assertThat(CorpusMetric.MATTHEWS_CORRCOEF.of(5, 3, sums)).isCloseTo(1.0 / 6, within(1e-15));
    }

    /// sklearn.metrics.f1_score([2, 0, 1, 2, 0, -100], [2, 1, 1, 0, 0, 0], average=...)
    @Test
    void f1OverAllClassesIsThatOfScikitLearn() {
        double[] sums = new double[20];
        for (int[] pair : new int[][] {{2, 2}, {0, 1}, {1, 1}, {2, 0}, {0, 0}, {Confusion.OUTSIDE, 0}}) {
            double[] statistics = Confusion.statistics(pair[0], pair[1]);
            for (int i = 0; i < statistics.length; i++) {
                sums[i] += statistics[i];
            }
        }

        assertThat(CorpusMetric.WEIGHTED_F1.of(6, 3, sums)).isCloseTo(0.4666666666666666, within(1e-15));
        assertThat(CorpusMetric.MACRO_F1.of(6, 3, sums)).isCloseTo(0.43333333333333335, within(1e-15));
        assertThat(CorpusMetric.MICRO_F1.of(6, 3, sums)).isCloseTo(0.5, within(1e-15));
    }

    @Test
    void f1OfClassOneIsNotDefinedForThreeClasses() {
        double[] sums = new double[17];
        sums[Confusion.statistics(0, 0).length - 1] = 1;
        sums[Confusion.statistics(1, 1).length - 1] = 1;
        sums[Confusion.statistics(2, 2).length - 1] = 1;

        assertThat(CorpusMetric.F1.of(3, 3, sums)).isNull();
    }

    @Test
    void classesBeyondTheLimitAreRefused() {
        assertThatThrownBy(() -> Confusion.statistics(0, 100))
                .hasMessage("gold 0 and predicted 100 must be classes from 0 to 99");
    }

    @Test
    void aSentenceShorterThanFourTokensHasBleuOfItsOwn() {
        double[] twoTokensBothRight = {2, 2, 2, 1, 0, 0, 2, 1, 0, 0};

        assertThat(BleuScore.of(twoTokensBothRight)).isZero();
        assertThat(BleuScore.ofSentence(twoTokensBothRight)).isEqualTo(100);
    }
}
