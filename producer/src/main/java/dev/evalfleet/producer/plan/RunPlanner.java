package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.gate.BaselineCheck;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.gate.Comparison;
import dev.evalfleet.producer.gate.GateCheck;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// request -> [RunPlan] per task, model and variant, or every reason why not. Reads data; touches no topic.
public final class RunPlanner {
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final TaskLibrary library;
    private final SpoolStore spools;
    private final PoolCatalogue pools;
    private final Baselines baselines;
    private final int mostRuns;

    /// @param baselines what is known of runs outside a request
    /// @param mostRuns of one request
    public RunPlanner(TaskLibrary library, SpoolStore spools, PoolCatalogue pools, Baselines baselines, int mostRuns) {
        this.library = library;
        this.spools = spools;
        this.pools = pools;
        this.baselines = baselines;
        this.mostRuns = mostRuns;
    }

    /// One task in one variant, planned, with what it was selected by.
    private record Unit(TaskSelector.Selected selected, @Nullable Variant variant, PlannedTask planned) {}

    /// What is wrong with a request before any task is looked at.
    public List<Problem> problems(EvalRequest request) {
        var problems = new Problems();
        RequestCheck.check(request, pools, problems);
        return problems.list();
    }

    /// @throws DatasetException where data cannot be had now but may be later
    public Planning plan(EvalRequest request) throws DatasetException {
        var problems = new Problems();
        RequestCheck.check(request, pools, problems);
        List<TaskSelector.Selected> tasks =
                new TaskSelector(library, request.getInlineTasks(), problems).select(request.getTasks());
        List<Unit> units = units(request, tasks, problems);
        if (request.getGates() != null && problems.isEmpty()) {
            checkGates(request.getGates(), units, problems);
        }
        Map<Unit, BaselinePlan> outside = outside(request, units, problems);
        List<String> models = models(request);
        if ((long) units.size() * models.size() > mostRuns) {
            problems.add(
                    "request tasks",
                    "would give " + (long) units.size() * models.size() + " runs; a request may have " + mostRuns
                            + " (producer.max-runs): split it");
        }
        return problems.isEmpty() ? accepted(request, units, outside, models) : new Planning.Rejected(problems.list());
    }

    private List<Unit> units(EvalRequest request, List<TaskSelector.Selected> tasks, Problems problems)
            throws DatasetException {
        var planner = new TaskPlanner(spools, request, problems);
        var units = new ArrayList<Unit>();
        for (TaskSelector.Selected selected : tasks) {
            for (Variant variant : variants(request)) {
                PlannedTask planned = planner.plan(selected, variant);
                if (planned != null) {
                    units.add(new Unit(selected, variant, planned));
                }
            }
        }
        return units;
    }

    private static List<@Nullable Variant> variants(EvalRequest request) {
        return request.getVariants().isEmpty()
                ? java.util.Collections.singletonList(null)
                : new ArrayList<>(request.getVariants());
    }

    private static List<String> models(EvalRequest request) {
        var models = new ArrayList<>(request.getModels());
        Baseline baseline = request.getBaseline();
        if (baseline != null && !Comparison.isOutside(baseline)) {
            models.remove(baseline.getValue());
            models.addFirst(baseline.getValue());
        }
        return models;
    }

    private static void checkGates(Gates gates, List<Unit> units, Problems problems) {
        GateCheck.check(
                gates,
                units.stream()
                        .map(unit -> PlanBuilder.gated(unit.planned().task()))
                        .toList(),
                problems);
    }

    /// Resolves a baseline outside the request for each task; what does not fit is a problem.
    private Map<Unit, BaselinePlan> outside(EvalRequest request, List<Unit> units, Problems problems) {
        Baseline baseline = request.getBaseline();
        if (baseline == null || !Comparison.isOutside(baseline) || !problems.isEmpty()) {
            return Map.of();
        }
        Baselines.Answer answer = baselines.find(baseline);
        var plans = new HashMap<Unit, BaselinePlan>();
        for (Unit unit : units) {
            PlannedTask planned = unit.planned();
            plans.put(
                    unit,
                    BaselineCheck.plan(
                            baseline,
                            answer,
                            unit.selected().name(),
                            planned.fingerprint(),
                            planned.samples(),
                            problems));
        }
        return plans;
    }

    private Planning accepted(
            EvalRequest request, List<Unit> units, Map<Unit, BaselinePlan> outside, List<String> models) {
        List<String> ids = units.stream()
                .flatMap(unit -> models.stream().map(model -> runId(request, unit, model)))
                .toList();
        var plans = new PlanBuilder(request, ids);
        var runs = new ArrayList<RunPlan>();
        long samples = 0;
        long characters = 0;
        for (Unit unit : units) {
            for (String model : models) {
                PoolCatalogue.Pool pool = pools.poolOf(model).orElseThrow();
                BaselinePlan elsewhere = outside.get(unit);
                Comparison comparison =
                        elsewhere == null ? within(request, unit, model) : Comparison.outside(elsewhere);
                runs.add(plans.plan(unit.selected(), unit.variant(), unit.planned(), model, pool, comparison));
                samples += unit.planned().samples();
                characters += unit.planned().promptCharacters();
            }
        }
        return new Planning.Accepted(runs, samples, characters / CHARACTERS_PER_TOKEN);
    }

    private static String runId(EvalRequest request, Unit unit, String model) {
        Variant variant = unit.variant();
        return Ids.runId(
                request.getRequestId(), unit.selected().name(), model, variant == null ? null : variant.getName());
    }

    private static Comparison within(EvalRequest request, Unit unit, String model) {
        Variant variant = unit.variant();
        return Comparison.within(
                request,
                unit.selected().name(),
                model,
                variant == null ? null : variant.getName(),
                unit.planned().samples());
    }
}
