package dev.evalfleet.aggregator.stats.sequential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GateTest {

    @Test
    void anAbsoluteGatePassesAsSoonAsTheScoreIsCertainlyHighEnough() {
        Gate gate = Gate.absolute(0.65, 0.05, 300, 0, 1);

        for (int i = 0; i < 300 && gate.outcome() == VerdictOutcome.UNDECIDED; i++) {
            gate.fold(i % 20 == 0 ? 0 : 1);
        }

        assertThat(gate.outcome()).isEqualTo(VerdictOutcome.PASS);
        assertThat(gate.n()).isLessThan(100);
        assertThat(gate.clipLower(0.6)).isEqualTo(0.65);
    }

    @Test
    void anAbsoluteGateFailsAsSoonAsTheScoreIsCertainlyTooLow() {
        Gate gate = Gate.absolute(0.65, 0.05, 300, 0, 1);

        for (int i = 0; i < 300 && gate.outcome() == VerdictOutcome.UNDECIDED; i++) {
            gate.fold(i % 3 == 0 ? 1 : 0);
        }

        assertThat(gate.outcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(gate.clipUpper(0.7)).isEqualTo(0.65);
        assertThat(gate.regresses()).isEmpty();
    }

    @Test
    void withTheLastSampleAnAbsoluteGateIsACensus() {
        Gate gate = Gate.absolute(0.5, 0.05, 4, 0, 1);
        for (double score : new double[] {1, 0, 1, 0}) {
            gate.fold(score);
        }

        assertThat(gate.outcome()).isEqualTo(VerdictOutcome.PASS);
    }

    @Test
    void unresolvedPositionsNeverDecideAgainstTheTruth() {
        Gate gate = Gate.relative(0.02, 0, 0.05, 100, 1);
        for (int i = 0; i < 100; i++) {
            gate.fold(i < 10 ? 1 : 0, i < 10 ? -1 : 0);
        }

        assertThat(gate.outcome()).isEqualTo(VerdictOutcome.UNDECIDED);
        assertThat(gate.unresolved()).isEqualTo(10);
    }

    @Test
    void theStateSurvivesBytesAndGoesOnExactlyAsBefore() {
        Gate original = Gate.relative(0.05, 0, 0.05, 400, 1);
        var random = new SplittableRandom(7);
        for (int i = 0; i < 150; i++) {
            original.fold(random.nextInt(3) - 1);
        }

        Gate restored = Gate.fromBytes(original.toBytes());
        original.fold(-1);
        restored.fold(-1);

        assertThat(restored.toBytes()).isEqualTo(original.toBytes());
        assertThat(original.toBytes().length).isLessThan(700);
    }

    @Test
    void aStateOfAnotherFormatIsRefused() {
        byte[] state = Gate.absolute(0.5, 0.05, 10, 0, 1).toBytes();
        state[0] = 9;

        assertThatThrownBy(() -> Gate.fromBytes(state)).hasMessageContaining("format 9");
    }

    @Test
    void alphaMustBeASmallProbability() {
        assertThatThrownBy(() -> Gate.absolute(0.5, 0.5, 10, 0, 1)).hasMessageContaining("alpha must be in (0, 0.5)");
        assertThatThrownBy(() -> Gate.absolute(0.5, 0, 10, 0, 1)).hasMessageContaining("was 0.0");
    }

    @Test
    void loweringAnyScoreNeverHelpsToPass() {
        var random = new SplittableRandom(3);
        for (int trial = 0; trial < 200; trial++) {
            EProc higher = EProc.dataset(-0.05, 60, -1, 1);
            EProc lower = EProc.dataset(-0.05, 60, -1, 1);
            for (int i = 0; i < 60; i++) {
                double d = random.nextDouble() * 2 - 1;
                double e = higher.add(d);
                double worse = lower.add(Math.max(-1, d - random.nextDouble() * 0.3));
                assertThat(worse).isLessThanOrEqualTo(e);
            }
        }
    }

    @Test
    void unresolvedPositionsWidenTheIntervalToBothSides() {
        MeanInterval resolved = MeanInterval.dataset(0.05, 200, 0, 1);
        MeanInterval unresolved = MeanInterval.dataset(0.05, 200, 0, 1);
        for (int i = 0; i < 200; i++) {
            double score = i % 4 == 0 ? 0 : 1;
            resolved.fold(score, score);
            unresolved.fold(i < 20 ? 1 : score, i < 20 ? 0 : score);
        }

        assertThat(resolved.lower()).isEqualTo(0.75);
        assertThat(resolved.upper()).isEqualTo(0.75);
        assertThat(unresolved.lower()).isLessThan(0.75);
        assertThat(unresolved.upper()).isGreaterThan(0.75);
        assertThat(MeanInterval.fromBytes(unresolved.toBytes()).toBytes()).isEqualTo(unresolved.toBytes());
    }

    @Test
    void ofManyPValuesTheSmallestThatFitTheirRankAreRejected() {
        List<Double> p = List.of(0.001, 0.5, 0.039, 0.008, 0.041, 0.9);

        assertThat(Multiplicity.benjaminiHochberg(p, 0.05)).containsExactly(0, 3);
        assertThat(Multiplicity.benjaminiHochberg(List.of(0.04, 0.05), 0.05)).containsExactly(0, 1);
        assertThat(Multiplicity.benjaminiHochberg(List.of(), 0.05)).isEmpty();
    }

    @Test
    void aClusterIsFoldedAsOneUnitWeighedByItsSize() {
        var cluster = new ClusterUnit(0, 0).plus(-1).plus(-1).plus(0).plus(0);

        assertThat(cluster.value(8, 0)).isEqualTo(0.25);
        assertThat(ClusterUnit.eProcess(0.1, 1).add(cluster.value(8, 0.1))).isGreaterThan(1);
        assertThatThrownBy(() -> cluster.value(3, 0)).hasMessageContaining("[1, 3], was 4");
    }
}
