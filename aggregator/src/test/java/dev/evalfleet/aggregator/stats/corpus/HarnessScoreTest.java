package dev.evalfleet.aggregator.stats.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Against lm-evaluation-harness, on the scores of make_corpus_metrics.py.
class HarnessScoreTest {

    private static JsonNode golden(String what) {
        try (InputStream json = HarnessScoreTest.class.getResourceAsStream("/golden/corpus_metrics.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(json)).get(what);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void valuesAndStandardErrorsAreTheHarnesss() {
        for (JsonNode run : golden("runs")) {
            String aggregation = run.get("aggregation").asText();
            CorpusMetric metric = CorpusMetric.named(aggregation).orElseThrow();

            HarnessScore score = HarnessScore.of(
                    aggregation, metric, samples(run), run.get("iterations").asInt());

            assertClose(run, score.value(), run.get("value"));
            assertClose(run, score.standardError(), run.get("error"));
        }
    }

    @Test
    void groupsAreAveragedAsTheHarnessDoes() {
        for (JsonNode group : golden("groups")) {
            List<GroupScore.Member> members = new ArrayList<>();
            group.get("members")
                    .forEach(member -> members.add(new GroupScore.Member(
                            member.get("value").asDouble(),
                            member.get("error").asDouble(),
                            member.get("samples").asLong())));
            for (String way : List.of("weighted", "plain")) {
                GroupScore score = GroupScore.of(members, way.equals("weighted"));
                assertClose(group, score.value(), group.get(way).get(0));
                assertClose(group, score.standardError(), group.get(way).get(1));
            }
        }
    }

    @Test
    void aGroupHasNoErrorWhereOneOfItsTasksHasNone() {
        GroupScore score =
                GroupScore.of(List.of(new GroupScore.Member(0.5, 0.1, 10), new GroupScore.Member(1.0, null, 30)), true);

        assertThat(score).isEqualTo(new GroupScore(0.875, null, 40));
    }

    @Test
    void withoutIterationsThereIsNoError() {
        List<ScoredSample> samples = List.of(new ScoredSample(0, List.of()), new ScoredSample(1, List.of()));

        assertThat(HarnessScore.of("acc", CorpusMetric.MEAN, samples, 0)).isEqualTo(new HarnessScore(0.5, null));
    }

    @Test
    void aMetricThatIsNotDefinedIsNotANumber() {
        assertThat(HarnessScore.of("acc", CorpusMetric.MEAN, List.of(), 10).value())
                .isNaN();
    }

    private static List<ScoredSample> samples(JsonNode run) {
        return IntStream.range(0, run.get("values").size())
                .mapToObj(i -> {
                    List<Double> statistics = new ArrayList<>();
                    run.get("statistics").get(i).forEach(statistic -> statistics.add(statistic.asDouble()));
                    return new ScoredSample(run.get("values").get(i).asDouble(), statistics);
                })
                .toList();
    }

    private static void assertClose(JsonNode of, @Nullable Double actual, JsonNode wanted) {
        if (wanted.isNull() || wanted.asText().equals("NaN")) {
            assertThat(actual == null || actual.isNaN()).as(of.toString()).isTrue();
        } else {
            assertThat(actual)
                    .as(of.toString())
                    .isCloseTo(wanted.asDouble(), within(1e-12 * Math.max(1, Math.abs(wanted.asDouble()))));
        }
    }
}
