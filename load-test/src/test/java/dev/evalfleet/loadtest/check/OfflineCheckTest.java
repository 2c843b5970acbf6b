package dev.evalfleet.loadtest.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.loadtest.check.Finding.Kind;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A checker that cannot say no proves nothing.
class OfflineCheckTest {
    private final Fiction history = new Fiction();

    @Test
    void aHistoryInWhichAllIsWellHolds() {
        CheckReport report = history.judged();

        assertThat(report.findings()).isEmpty();
        assertThat(report.accepted()).isEqualTo(16);
        assertThat(report.answered()).isEqualTo(16);
        assertThat(report.failed()).isEqualTo(1);
    }

    @Test
    void aSampleWithoutAResultIsLost() {
        history.results.removeIf(result -> result.getRunId().equals(Fiction.BASELINE) && result.getPosition() == 3);

        assertThat(kinds()).contains(Kind.LOST);
        assertThat(sentences()).anyMatch(sentence -> sentence.contains("1 positions have neither a result"));
    }

    @Test
    void aSampleThatIsMissingFromTheCountsIsLost() {
        history.endOf(Fiction.BASELINE).setScored(7);

        assertThat(history.judged().count(Kind.LOST)).isPositive();
        assertThat(sentences()).anyMatch(sentence -> sentence.contains("scored is 7, recomputed 8"));
    }

    @Test
    void aRunThatNeverEndsIsLost() {
        history.states.removeIf(
                state -> state.getId().equals(Fiction.CANDIDATE) && state.getStatus() == RunStatus.COMPLETED);

        assertThat(kinds()).contains(Kind.LOST);
        assertThat(sentences()).anyMatch(sentence -> sentence.contains("has not ended"));
    }

    @Test
    void aRepeatedResultThatIsCountedOnceHolds() {
        SampleResult first = history.results.getFirst();
        history.results.add(SampleResult.newBuilder(first).build());
        history.endOf(Fiction.BASELINE).setDuplicates(1);

        assertThat(history.judged().findings()).isEmpty();
        assertThat(history.judged().repeatedResults()).isEqualTo(1);
    }

    @Test
    void aSampleThatIsCountedTwiceIsFound() {
        SampleResult first = history.results.getFirst();
        history.results.add(SampleResult.newBuilder(first).build());
        history.endOf(Fiction.BASELINE).setScored(9);
        history.metricOf(Fiction.BASELINE).setN(9);

        assertThat(history.judged().count(Kind.COUNTED_TWICE)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void tokensThatAreCountedTwiceAreFound() {
        history.metricOf(Fiction.CANDIDATE).getUsage().setOutputTokens(27);

        assertThat(kinds()).containsExactly(Kind.COUNTED_TWICE);
    }

    @Test
    void aWrongScoreIsFound() {
        history.results.get(1).getScores().getFirst().setValue(1);

        assertThat(kinds()).contains(Kind.WRONG);
        assertThat(sentences()).anyMatch(sentence -> sentence.contains("exact_match is 1.0, rescored 0.0"));
    }

    @Test
    void aResultOfAnotherDocumentIsFound() {
        history.results.get(2).setPosition(5);

        assertThat(sentences()).anyMatch(sentence -> sentence.contains("position 5 is document"));
    }

    @Test
    void aMeanThatIsOffInTheTwelfthDigitIsFound() {
        history.metricOf(Fiction.BASELINE).setValue(0.25 + 2e-12);

        assertThat(kinds()).containsExactly(Kind.WRONG);
    }

    @Test
    void aCountThatIsOffByOneIsFound() {
        history.metricOf(Fiction.CANDIDATE).setN(7);

        assertThat(kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void aPairThatIsCountedTwiceIsFound() {
        Objects.requireNonNull(history.metricOf(Fiction.CANDIDATE).getPaired()).setPairs(9);

        assertThat(kinds()).containsExactly(Kind.COUNTED_TWICE);
    }

    @Test
    void aRunThatChangesAfterItsEndIsFound() {
        RunState end = history.endOf(Fiction.BASELINE);
        history.states.add(
                history.states.indexOf(end),
                RunState.newBuilder(end).setScored(7).setCancelled(1).build());

        assertThat(sentences()).anyMatch(sentence -> sentence.contains("changed after its end"));
    }

    @Test
    void aRequestThatIsNotTheSumOfItsRunsIsFound() {
        history.endOf("r").setScored(14);

        assertThat(sentences()).anyMatch(sentence -> sentence.contains("that of its runs is 15"));
    }

    @Test
    void aRunOfAnAcceptedRequestWithoutAPlanIsLost() {
        history.plans.removeLast();

        assertThat(sentences()).anyMatch(sentence -> sentence.contains("has no plan"));
    }

    private List<Kind> kinds() {
        return history.judged().findings().stream().map(Finding::kind).toList();
    }

    private List<String> sentences() {
        return history.judged().findings().stream().map(Finding::toString).toList();
    }
}
