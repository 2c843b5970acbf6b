package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dispatch.DispatchOrder;
import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.producer.dispatch.RunSamplesSource;
import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.producer.prompt.PromptSettings;
import dev.evalfleet.producer.prompt.SampleRenderer;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// The samples of planned runs: everything is made again from the plan, and must be what was planned.
public final class PlannedSamples implements RunSamplesSource {
    private final SpoolStore spools;

    public PlannedSamples(SpoolStore spools) {
        this.spools = spools;
    }

    @Override
    public RunSamples open(RunPlan plan) throws SpoolException {
        TaskDefinition task = task(plan);
        var settings = new PromptSettings(
                plan.getNumFewshot(),
                plan.getFewshotSeed(),
                plan.getChat(),
                plan.getFewshotAsMultiturn(),
                plan.getSystemInstruction());
        try {
            TaskData data = TaskData.open(spools, task, settings.shots(), plan.getLimit());
            try {
                check(plan, data.documents().spool());
                long[] order = DispatchOrder.permutation(
                        plan.getOrderSeed(), data.documents().spool().documentIds());
                return new Ordered(
                        plan,
                        data,
                        order,
                        new SampleRenderer(task, settings, data.documents().spool(), data.examples()));
            } catch (SpoolException | RuntimeException e) {
                data.close();
                throw e;
            }
        } catch (DatasetException e) {
            String message = plan.getRunId() + ": " + e.where() + ": " + e.reason();
            throw e.isTemporary() ? SpoolException.temporary(message, e) : SpoolException.lasting(message, e);
        } catch (RuntimeException e) {
            throw SpoolException.lasting(plan.getRunId() + ": the samples cannot be made again: " + e.getMessage(), e);
        }
    }

    /// The task of a run, from its plan alone.
    public static TaskDefinition task(RunPlan plan) throws SpoolException {
        try {
            if (!(JsonValues.parse(plan.getTaskConfig()) instanceof java.util.Map<?, ?> values)) {
                throw SpoolException.lasting(
                        plan.getRunId() + ": the plan's task configuration is not an object", null);
            }
            var keys = new java.util.LinkedHashMap<String, Object>();
            values.forEach((key, value) -> keys.put(String.valueOf(key), PythonFunction.restored(value)));
            // paths in a plan are absolute
            return switch (TaskReader.read(Config.of(keys, plan.getTaskSource()), Path.of("/"))) {
                case TaskReader.Outcome.Read(var task) -> task;
                case TaskReader.Outcome.Refused(var problems) ->
                    throw SpoolException.lasting(
                            plan.getRunId() + ": the plan's task cannot be read: "
                                    + problems.stream()
                                            .map(problem -> problem.getWhere() + " " + problem.getMessage())
                                            .collect(Collectors.joining("; ")),
                            null);
            };
        } catch (IOException e) {
            throw SpoolException.lasting(plan.getRunId() + ": the plan's task configuration is broken JSON", e);
        }
    }

    private static void check(RunPlan plan, Spool documents) throws SpoolException {
        if (!documents.fingerprint().equals(plan.getDatasetFingerprint())
                || documents.size() != plan.getExpectedSamples()) {
            throw SpoolException.lasting(
                    plan.getRunId() + ": the dataset is no longer what was planned (" + documents.size()
                            + " documents, fingerprint "
                            + documents.fingerprint() + "; planned were " + plan.getExpectedSamples() + ", "
                            + plan.getDatasetFingerprint() + "); submit a new request",
                    null);
        }
    }

    /// Rows in the order of positions.
    private static final class Ordered implements RunSamples {
        private final RunPlan plan;
        private final TaskData data;
        private final long[] order;
        private final SampleRenderer renderer;

        Ordered(RunPlan plan, TaskData data, long[] order, SampleRenderer renderer) {
            this.plan = plan;
            this.data = data;
            this.order = order;
            this.renderer = renderer;
        }

        @Override
        public RunPlan plan() {
            return plan;
        }

        @Override
        public Sample at(long position) {
            return renderer.sample(plan, Math.toIntExact(order[Math.toIntExact(position)]), position);
        }

        @Override
        public void close() {
            data.close();
        }
    }
}
