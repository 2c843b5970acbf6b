package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.gate.Comparison;
import dev.evalfleet.producer.gate.GateCheck;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Scoring;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.Variant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes what was decided into the records of the `plans` topic.
final class PlanBuilder {
    private final EvalRequest request;
    private final List<String> runIds;
    private final Instant now = Instant.now();

    PlanBuilder(EvalRequest request, List<String> runIds) {
        this.request = request;
        this.runIds = runIds;
    }

    RunPlan plan(
            TaskSelector.Selected selected,
            @Nullable Variant variant,
            PlannedTask planned,
            String model,
            PoolCatalogue.Pool pool,
            Comparison comparison) {
        TaskDefinition task = planned.task();
        String variantName = variant == null ? null : variant.getName();
        String runId = Ids.runId(request.getRequestId(), task.name(), model, variantName);
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(request.getRequestId())
                .setRunId(runId)
                .setWarnings(planned.warnings())
                .setTask(task.name())
                .setTaskAlias(task.alias())
                .setModel(model)
                .setVariant(variantName)
                .setPool(pool.name())
                .setRole(comparison.isBaseline() ? RunRole.BASELINE : RunRole.CANDIDATE)
                .setPairGroup(comparison.pairGroup())
                .setGroups(selected.groups())
                .setRequestRuns(runIds)
                .setRequestType(task.requestType())
                .setExpectedSamples(planned.samples())
                .setSliceSizes(planned.sliceSizes())
                .setClusterSizes(planned.clusterSizes())
                .setMetrics(metrics(task))
                .setOrderSeed(orderSeed(planned))
                .setDatasetFingerprint(planned.fingerprint())
                .setTaskHash(planned.hash())
                .setTaskVersion(task.version())
                .setTaskConfig(planned.configJson())
                .setTaskSource(planned.source())
                .setLimit(request.getLimit())
                .setNumFewshot(planned.shots())
                .setFewshotSeed(request.getFewshotSeed())
                .setChat(request.getChat())
                .setFewshotAsMultiturn(Objects.requireNonNullElse(request.getFewshotAsMultiturn(), request.getChat()))
                .setSystemInstruction(TaskPlanner.systemInstruction(request, variant))
                .setCapture(request.getCapture())
                .setBaseline(comparison.baseline())
                .setGates(gates(task, !comparison.isBaseline()))
                .setLimits(request.getLimits())
                .setPriority(request.getPriority())
                .setLabels(request.getLabels())
                .setPromptTokenPrice(pool.prices().of(model).prompt())
                .setOutputTokenPrice(pool.prices().of(model).output())
                .setPlannedAt(now)
                .build();
    }

    // One seed per request and dataset: candidate and baseline walk the same order.
    private String orderSeed(PlannedTask planned) {
        String seed = request.getSeed() == null
                ? request.getRequestId()
                : request.getSeed().toString();
        return seed + ":" + planned.fingerprint();
    }

    private @Nullable Gates gates(TaskDefinition task, boolean isCandidate) {
        return request.getGates() == null ? null : GateCheck.of(request.getGates(), gated(task), isCandidate);
    }

    static GateCheck.Gated gated(TaskDefinition task) {
        return new GateCheck.Gated(task.name(), metrics(task), task.slices());
    }

    private static List<MetricPlan> metrics(TaskDefinition task) {
        var plans = new ArrayList<MetricPlan>();
        for (FilterPipeline filter : task.filters()) {
            for (TaskDefinition.MetricSettings metric : task.metrics()) {
                Scoring.MetricFacts facts = metric.facts();
                plans.add(MetricPlan.newBuilder()
                        .setMetric(metric.name())
                        .setFilter(filter.getName())
                        .setAggregation(metric.aggregation())
                        .setHigherIsBetter(metric.higherIsBetter())
                        .setLower(facts.lower())
                        .setUpper(facts.upper())
                        .setFailureValue(facts.failureValue(metric.higherIsBetter()))
                        .build());
            }
        }
        return plans;
    }
}
