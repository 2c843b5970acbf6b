package dev.evalfleet.aggregator.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.outcome.ScoreValue;
import dev.evalfleet.aggregator.outcome.Spent;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodecTest {

    @Test
    void numbersComeBackAsTheyWere() {
        Codec<List<Long>> wholes = Codec.of(1, (values, out) -> out.list(values, Out::whole), in -> in.list(In::whole));
        List<Long> values = List.of(0L, 1L, -1L, 63L, 64L, -65L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);

        assertThat(wholes.fromBytes(wholes.toBytes(values))).isEqualTo(values);
        assertThat(wholes.toBytes(List.of(3L))).hasSize(3);
    }

    @Test
    void outcomesComeBackAsTheyWere() {
        Outcome.Sample sample = new Outcome.Sample(
                4_000_000_000L,
                new Answer(
                        Ending.SCORED,
                        "",
                        List.of(
                                new ScoreValue("bleu", "none", 0.1, List.of(1.0, 2.0)),
                                new ScoreValue("exact_match", "größer", -0.0, List.of()))),
                List.of("level=easy", "topic=a=b"),
                "cluster 7");
        Answer failed = Answer.infrastructureFailed("timeout");
        List<Outcome> outcomes = List.of(
                new Outcome.Ended(sample, "", new Spent(10, 5, 12.5, null), "evalfleet.results-3@17"),
                new Outcome.Ended(sample, "timed out after 5 s", new Spent(0, 0, 0, 3.25), ""),
                new Outcome.Paired(sample, "r/t/old", failed, "evalfleet.results-3@18"),
                new Outcome.Repeated(0, "evalfleet.results-3@19"));

        for (Outcome outcome : outcomes) {
            assertThat(Outcome.CODEC.fromBytes(Outcome.CODEC.toBytes(outcome))).isEqualTo(outcome);
        }
        assertThat(Outcome.CODEC.toBytes(outcomes.getFirst())).hasSizeLessThan(200);
    }

    @Test
    void summariesComeBackAsTheyWere() {
        RunSummary summary = new RunSummary(
                "r/t/m",
                RunStatus.RUNNING,
                3,
                new RunSummary.Counts(10, 4, 1, 2, 3, 2, 5, 1),
                7,
                100,
                50,
                0.25,
                2,
                Map.of("team", "eval"),
                new RunSummary.Times(1, 2, 3, -1),
                "r/t/old",
                0.05,
                new Judgement(
                        Verdict.newBuilder()
                                .setOutcome(VerdictOutcome.FAIL)
                                .setClaim(Claim.DATASET)
                                .setMetric("acc")
                                .setN(4)
                                .setExpected(10)
                                .setReason("because")
                                .build(),
                        30));

        assertThat(RunSummary.CODEC.fromBytes(RunSummary.CODEC.toBytes(summary)))
                .isEqualTo(summary);
    }

    @Test
    void anOlderFormatIsReadByItsVersion() {
        Codec<String> first = Codec.of(1, (value, out) -> out.text(value), In::text);
        Codec<String> second = Codec.of(
                2,
                (value, out) -> out.text(value).flag(true),
                in -> in.version() == 1 ? in.text() : in.text() + in.flag());

        assertThat(second.fromBytes(first.toBytes("a"))).isEqualTo("a");
        assertThat(second.fromBytes(second.toBytes("a"))).isEqualTo("atrue");
    }

    @Test
    void aNewerFormatIsRefusedWithWhatToDo() {
        Codec<String> first = Codec.of(1, (value, out) -> out.text(value), In::text);
        Codec<String> second = Codec.of(2, (value, out) -> out.text(value), In::text);

        assertThatThrownBy(() -> first.fromBytes(second.toBytes("a")))
                .hasMessageContaining("written in format 2, this program reads up to 1: run the newer version");
    }

    @Test
    void tombstonesStayTombstones() {
        Codec<String> codec = Codec.of(1, (value, out) -> out.text(value), In::text);

        assertThat(codec.deserializer().deserialize("topic", null)).isNull();
    }
}
