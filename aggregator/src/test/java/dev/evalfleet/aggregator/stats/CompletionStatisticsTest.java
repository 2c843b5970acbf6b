package dev.evalfleet.aggregator.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.aggregator.codec.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompletionStatisticsTest {
    private static final Codec<Moments> MOMENTS = Codec.of(1, Moments::write, Moments::read);
    private static final Codec<Quantiles> QUANTILES = Codec.of(1, Quantiles::write, Quantiles::read);
    private static final Codec<CorpusStatistics> CORPUS = Codec.of(1, CorpusStatistics::write, CorpusStatistics::read);

    @Test
    void meansAndStandardErrorsAreTheGoldenOnes() throws IOException {
        for (JsonNode vector : golden().get("mean_se")) {
            Moments moments = Moments.NONE;
            for (JsonNode x : vector.get("x")) {
                moments = moments.plus(x.doubleValue());
            }
            check(moments.mean(), vector.get("mean"));
            check(moments.standardError(), vector.get("se"));
        }
    }

    @Test
    void mcNemarIsTheGoldenOne() throws IOException {
        for (JsonNode vector : golden().get("mcnemar")) {
            McNemar test =
                    new McNemar(vector.get("b").longValue(), vector.get("c").longValue());
            check(test.exactP(), vector.get("p_exact"));
            check(test.midP(), vector.get("p_mid"));
        }
    }

    @Test
    void mcNemarStaysExactForManyFlips() {
        // Summed with exact integers.
        assertThat(new McNemar(499_000, 501_000).exactP()).isEqualTo(0.04560829986538, within(1e-13));
        assertThat(new McNemar(0, 5_000).exactP()).isZero();
        assertThat(new McNemar(1, 1).exactP()).isEqualTo(1.0);
    }

    @Test
    void neitherOrderNorMergingShowsInTheMean() {
        Random random = new Random(5);
        List<Double> scores = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            scores.add(random.nextGaussian() * Math.pow(10, random.nextInt(12)) + 0.1);
        }
        Moments inOrder = sum(scores);
        Collections.shuffle(scores, random);
        Moments shuffled = sum(scores.subList(0, 3_333)).plus(sum(scores.subList(3_333, 10_000)));

        assertThat(shuffled.n()).isEqualTo(inOrder.n());
        assertThat(shuffled.mean()).isEqualTo(inOrder.mean());
        assertThat(shuffled.standardError()).isEqualTo(inOrder.standardError());
    }

    @Test
    void equalScoresHaveNoError() {
        assertThat(sum(Collections.nCopies(1000, 0.1)).standardError()).isZero();
        assertThat(sum(Collections.nCopies(1000, -123456.789)).standardError()).isZero();
    }

    @Test
    void theSpreadOfLargeScoresSurvives() {
        Moments moments = sum(List.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16));

        assertThat(moments.standardError()).isEqualTo(Math.sqrt(30 / 4.0), within(1e-12));
    }

    @Test
    void stateSurvivesBeingWritten() {
        Moments moments = sum(List.of(0.1, 0.7, 1e-20, 3.0));
        assertThat(MOMENTS.fromBytes(MOMENTS.toBytes(moments))).isEqualTo(moments);

        CorpusStatistics corpus = CorpusStatistics.NONE.plus(List.of(1.0, 2.5)).plus(List.of(0.5, 0.5, 7.0));
        assertThat(CORPUS.fromBytes(CORPUS.toBytes(corpus))).isEqualTo(corpus);
        assertThat(corpus.values()).containsExactly(1.5, 3.0, 7.0);

        Quantiles quantiles = Quantiles.none().plus(3).plus(5).plus(4_000_000);
        Quantiles read = QUANTILES.fromBytes(QUANTILES.toBytes(quantiles)).plus(7);
        assertThat(read.n()).isEqualTo(4);
        assertThat(read.percentile(50)).isEqualTo(5, within(0.05));
        assertThat(QUANTILES.fromBytes(QUANTILES.toBytes(Quantiles.none())).percentile(50))
                .isNull();
    }

    @Test
    void quantilesAreSmallAndMerge() {
        Random random = new Random(1);
        Quantiles one = Quantiles.none();
        Quantiles two = Quantiles.none();
        for (int i = 0; i < 2000; i++) {
            one = one.plus(Math.exp(random.nextGaussian()) * 1000);
            two = two.plus(1_000_000);
        }

        assertThat(one.plus(two).n()).isEqualTo(4000);
        assertThat(one.plus(two).percentile(75)).isEqualTo(1_000_000, within(10_000.0));
        assertThat(QUANTILES.toBytes(one)).hasSizeLessThan(1500);
    }

    private static Moments sum(List<Double> scores) {
        Moments moments = Moments.NONE;
        for (double score : scores) {
            moments = moments.plus(score);
        }
        return moments;
    }

    private static void check(@org.jspecify.annotations.Nullable Double value, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(value).isNull();
        } else {
            double golden = expected.doubleValue();
            assertThat(value).isEqualTo(golden, within(Math.abs(golden) * 1e-9));
        }
    }

    private static JsonNode golden() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                CompletionStatisticsTest.class.getResourceAsStream("/golden/stats/report.json"))) {
            return new ObjectMapper().readTree(file);
        }
    }
}
