package dev.evalfleet.loadtest.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.loadtest.scaling.Replicas;
import dev.evalfleet.loadtest.simulate.FleetModel;
import dev.evalfleet.loadtest.simulate.FleetSimulation;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class SimulatedFleetTest {

    @Test
    void theSameSeedGivesTheSameFigures() {
        assertThat(play(3, "--samples=20000")).isEqualTo(play(3, "--samples=20000"));
        assertThat(play(3, "--samples=20000")).isNotEqualTo(play(4, "--samples=20000"));
    }

    @Test
    void itGoesFromZeroToTheMaximumAndBackToZero() {
        FleetReport report = play(1, "--samples=20000");

        assertThat(report.timeline().getFirst().wanted()).isLessThanOrEqualTo(1);
        assertThat(report.peak()).isEqualTo(20);
        assertThat(report.timeline().getLast().wanted()).isZero();
        assertThat(report.zero()).isGreaterThan(report.makespan());
    }

    @Test
    void everySampleIsAnsweredOnceWhateverIsEvicted() {
        FleetModel model = model(2, "--samples=20000", "--eviction-share=0.3", "--eviction-every=60s");
        FleetReport report = FleetSimulation.play(model);
        double work = IntStream.range(0, 20_000)
                .mapToDouble(sample -> model.work().seconds(sample) + 0.01)
                .sum();

        assertThat(report.evicted()).isPositive();
        assertThat(report.repeated()).isPositive();
        assertThat(report.busySlotSeconds()).isCloseTo(work, within(1e-3));
        assertThat(report.timeline().getLast().lag()).isZero();
    }

    @Test
    void workersKilledWithoutNoticeCostMoreThanThoseThatMayDrain() {
        FleetReport killed =
                play(2, "--samples=20000", "--eviction-every=60s", "--eviction-share=0.3", "--eviction-notice=0s");
        FleetReport drained =
                play(2, "--samples=20000", "--eviction-every=60s", "--eviction-share=0.3", "--eviction-notice=60s");

        assertThat(killed.lostSlotSeconds()).isGreaterThan(drained.lostSlotSeconds());
        assertThat(killed.makespan()).isGreaterThan(drained.makespan());
    }

    @Test
    void paidTimeIsSpentOnStartingOnWorkOnWorkThatIsLostAndOnWaiting() {
        FleetReport report = play(5, "--samples=20000");

        assertThat((report.workerSeconds() - report.startingSeconds()) * 32)
                .isCloseTo(
                        report.busySlotSeconds() + report.lostSlotSeconds() + report.idleSlotSeconds(), within(1e-3));
        assertThat(report.overIdeal()).isGreaterThan(1);
    }

    @Test
    void noFasterThanTheIdealAndCloseToItWithoutTrouble() {
        FleetReport report = play(
                1, "--samples=40000", "--eviction-every=0s", "--cold-start=1s", "--latency-sigma=0", "--latency=1s");

        assertThat(report.overIdeal()).isBetween(1.0, 2.2);
        assertThat(report.evicted()).isZero();
    }

    @Test
    void keepsNoMoreWorkersReadyThanTheTopicHasPartitions() {
        FleetReport report = play(1, "--samples=20000", "--partitions=8");

        assertThat(report.timeline()).extracting(Replicas::wanted).allMatch(wanted -> wanted <= 8);
    }

    @Test
    void aRunThatIsNotOverWithinTheHorizonIsRefused() {
        assertThatThrownBy(() -> play(1, "--samples=20000", "--horizon=60s"))
                .hasMessageContaining("of 20000 samples are answered");
    }

    private static FleetReport play(long seed, String... arguments) {
        return FleetSimulation.play(model(seed, arguments));
    }

    private static FleetModel model(long seed, String... arguments) {
        ModelOptions options = new ModelOptions();
        CommandSpec alone = CommandSpec.create().addMixin("model", CommandSpec.forAnnotatedObject(options));
        String[] all = new String[arguments.length + 2];
        all[0] = "--max-replicas=20";
        all[1] = "--partitions=64";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        new CommandLine(alone).setOverwrittenOptionsAllowed(true).parseArgs(all);
        return options.model(seed);
    }
}
