package dev.evalfleet.local.submit;

import dev.evalfleet.aggregator.stats.simulation.DetectableDrop;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetFile;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.fleet.LocalFleetSettings;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.report.RecordJson;
import dev.evalfleet.local.tasks.PlanningDesk;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.gate.Comparison;
import dev.evalfleet.producer.gate.FleetBaselines;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a request would run: planned here as the producer would plan it, and not published.
final class DryRun {

    /// What is assumed of two models of about the same size where nothing else is known.
    private static final double DISCORDANCE = 0.1;

    private static final double ALPHA = 0.05;

    private final LocalFleetSettings.Place place;
    private final Optional<FleetFile> fleet;
    private final FleetOptions asked;

    /// @param asked the fleet whose pools the models must be in and that knows baselines; without one every model is
    /// taken to exist, and every baseline to fit
    DryRun(LocalFleetSettings.Place place, FleetOptions asked) {
        this.place = place;
        this.asked = asked;
        this.fleet = asked.ownFleet();
    }

    int show(EvalRequest request, Output output) {
        Baseline baseline = request.getBaseline();
        Optional<FleetClient> client = Comparison.isOutside(baseline) ? asked.connectIfAny() : Optional.empty();
        if (client.isEmpty()) {
            show(request, Baselines.UNCHECKED, output);
        } else {
            try (FleetClient open = client.get();
                    FleetBaselines known = new FleetBaselines(open.fleet(), Clock.systemUTC())) {
                show(request, known, output);
            }
        }
        if (baseline != null && Comparison.isOutside(baseline) && client.isEmpty()) {
            output.say("No fleet was asked for the baseline " + baseline.getValue()
                    + ": whether it exists and has this dataset is not known.");
        }
        if (fleet.isEmpty()) {
            output.say("No fleet was asked: whether one serves these models is not known.");
        }
        return ExitCodes.OK;
    }

    private void show(EvalRequest request, Baselines baselines, Output output) {
        try (PlanningDesk desk = PlanningDesk.open(place.taskDirs(), pools(request), baselines)) {
            switch (desk.plan(request)) {
                case Planning.Accepted accepted -> print(accepted, output);
                case Planning.Rejected rejected ->
                    throw CommandException.failed(
                            "The request would be refused:\n" + PlanningDesk.lines(rejected.problems()));
            }
        }
    }

    private PoolCatalogue pools(EvalRequest request) {
        if (fleet.isPresent()) {
            return new PoolCatalogue(fleet.get().pools().stream()
                    .map(pool -> Pool.of(pool.name(), pool.models(), 1))
                    .toList());
        }
        Set<String> models = new LinkedHashSet<>(request.getModels());
        return new PoolCatalogue(List.of(Pool.of("some-pool", List.copyOf(models), 1)));
    }

    /// Better said before the run than found out after it: a drop too small for N stays undecided however long.
    private static void drops(Planning.Accepted plan, Output output) {
        Map<Long, DetectableDrop> known = new HashMap<>();
        for (RunPlan run : plan.runs()) {
            BaselinePlan baseline = run.getBaseline();
            if (baseline == null || baseline.getPairs() < 1) {
                continue;
            }
            double alpha = run.getGates() == null ? ALPHA : run.getGates().getAlpha();
            long pairs = baseline.getPairs();
            DetectableDrop drop = known.computeIfAbsent(pairs, n -> DetectableDrop.of(n, alpha, DISCORDANCE));
            output.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: %,d pairs%s can establish a drop of %.4f at best (every flip a loss), %s (alpha %s,"
                                    + " %.0f %% of the answers differing)",
                            run.getTask() + " on " + model(run),
                            pairs,
                            baseline.getExcluded() == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            " (%,d samples have no baseline score and are left out)",
                                            baseline.getExcluded()),
                            drop.possible(),
                            drop.likely() >= 1
                                    ? "and no drop of " + DISCORDANCE + " or less in most runs"
                                    : String.format(Locale.ROOT, "%.4f in four runs of five", drop.likely()),
                            alpha,
                            DISCORDANCE * 100));
        }
    }

    private static String model(RunPlan run) {
        return run.getModel() + (run.getVariant() == null ? "" : "/" + run.getVariant());
    }

    private static void print(Planning.Accepted plan, Output output) {
        if (output.json()) {
            plan.runs().forEach(run -> output.out().println(RecordJson.of(run)));
            output.out().flush();
            return;
        }
        Table table = new Table("task", "model", "role", "asks", ">examples", ">samples", "metrics");
        for (RunPlan run : plan.runs()) {
            table.row(
                    run.getTask(),
                    model(run),
                    run.getRole() == RunRole.BASELINE ? "baseline" : "candidate",
                    run.getRequestType().name().toLowerCase(Locale.ROOT),
                    String.valueOf(run.getNumFewshot()),
                    Show.count(run.getExpectedSamples()),
                    String.join(
                            " ",
                            run.getMetrics().stream()
                                    .map(metric -> metric.getMetric())
                                    .distinct()
                                    .toList()));
        }
        table.print(output.out());
        output.out().println();
        output.out()
                .println(plan.runs().size() + " runs, " + Show.count(plan.samples()) + " samples, about "
                        + Show.count(plan.promptTokens()) + " prompt tokens. Nothing was submitted.");
        drops(plan, output);
        plan.runs().stream()
                .flatMap(run -> run.getWarnings().stream())
                .distinct()
                .forEach(warning ->
                        output.out().println("warning: " + warning.getWhere() + ": " + warning.getMessage()));
        output.out().flush();
    }
}
