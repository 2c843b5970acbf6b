package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.producer.task.TaskLibrary.Entry;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet tasks show`.
@Command(name = "show", description = "Show what a task asks and how it is scored.")
final class ShowTask implements Callable<Integer> {

    private static final String MODEL = "any";

    @Parameters(paramLabel = "TASK", description = "A task, group or tag.")
    private String name = "";

    @Option(names = "--samples", paramLabel = "N", description = "Also show the first N prompts as a model gets them.")
    private int samples;

    @Mixin
    private TaskFolders folders = new TaskFolders();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Output.of(spec, false).out();
        PoolCatalogue pools = new PoolCatalogue(List.of(PoolCatalogue.Pool.of(MODEL, List.of(MODEL), 1)));
        try (PlanningDesk desk = PlanningDesk.open(folders.all(), pools)) {
            Entry entry = find(desk.library());
            out.println(entry.name() + " (" + entry.kind().name().toLowerCase(Locale.ROOT) + ")"
                    + (entry.place().isEmpty() ? "" : ", " + entry.place()));
            if (!entry.description().isEmpty()) {
                out.println(entry.description());
            }
            switch (desk.plan(request())) {
                case Planning.Accepted accepted -> accepted.runs().forEach(run -> show(run, desk, out));
                case Planning.Rejected rejected ->
                    throw CommandException.failed(name + " cannot be run:\n" + PlanningDesk.lines(rejected.problems()));
            }
            out.flush();
        }
        return ExitCodes.OK;
    }

    private EvalRequest request() {
        return EvalRequest.newBuilder()
                .setRequestId("show")
                .setTasks(List.of(name))
                .setModels(List.of(MODEL))
                .build();
    }

    private Entry find(TaskLibrary library) {
        return library.find(name)
                .orElseThrow(() -> CommandException.failed("There is no task " + name
                        + NearestName.hint(
                                name,
                                library.entries().stream().map(Entry::name).toList())
                        + " 'evalfleet tasks list' lists them."));
    }

    private void show(RunPlan plan, PlanningDesk desk, PrintWriter out) {
        out.println();
        out.println("task        " + plan.getTask() + ", version " + plan.getTaskVersion());
        out.println("asks        " + plan.getRequestType().name().toLowerCase(Locale.ROOT) + ", " + plan.getNumFewshot()
                + " examples");
        out.println("samples     " + plan.getExpectedSamples());
        plan.getMetrics()
                .forEach(metric -> out.println("metric      " + metric.getMetric() + " on " + metric.getFilter() + ", "
                        + metric.getAggregation() + (metric.getHigherIsBetter() ? "" : ", lower is better")));
        if (!plan.getSliceSizes().isEmpty()) {
            out.println("slices      "
                    + String.join(
                            ", ",
                            plan.getSliceSizes().keySet().stream().sorted().toList()));
        }
        out.println("data        " + plan.getDatasetFingerprint());
        plan.getWarnings()
                .forEach(warning -> out.println("warning     " + warning.getWhere() + ": " + warning.getMessage()));
        if (samples > 0) {
            desk.samples(plan, samples).forEach(sample -> show(sample, out));
        }
    }

    private static void show(Sample sample, PrintWriter out) {
        out.println();
        out.println("--- document " + sample.getDocumentId());
        if (sample.getMessages().isEmpty()) {
            out.println(sample.getPrompt());
        }
        for (Message message : sample.getMessages()) {
            out.println("[" + message.getRole() + "] " + message.getContent());
        }
        if (!sample.getChoices().isEmpty()) {
            out.println("--- choices: " + sample.getChoices() + ", right: " + sample.getGoldChoices());
        } else {
            out.println("--- target: " + String.join(" | ", sample.getTargets()));
        }
    }
}
