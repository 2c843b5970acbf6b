package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.plan.TaskRendering;
import dev.evalfleet.producer.python.PythonJson;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.producer.template.TemplateException;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet tasks render`.
@Command(
        name = "render",
        description = "Print what would be asked, as lm-eval logs it: a JSON line for each document, with its hashes.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet tasks render --task arc_easy --tasks-dir lm_eval/tasks --limit 5",
            "  evalfleet tasks render --task gsm8k --tasks-dir lm_eval/tasks --data documents.jsonl",
            "  evalfleet tasks render --task mmlu --tasks-dir lm_eval/tasks --data test=questions.jsonl \\",
            "    --data dev=examples.jsonl --output rendered/"
        })
final class RenderTasks implements Callable<Integer> {

    @Option(
            names = {"--task", "--tasks", "-t"},
            paramLabel = "TASK",
            required = true,
            split = ",",
            description = "A task, group or tag; of several tasks each line also names its task.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "[SPLIT=]FILE",
            description = "Read this file instead of the task's dataset: for one split, or for all that have no file of"
                    + " their own. May be repeated. JSON lines, JSON, CSV, TSV or Parquet, as its name ends.")
    private List<String> data = new ArrayList<>();

    @Option(
            names = {"--output", "-o"},
            paramLabel = "FOLDER",
            description = "Write a file samples_TASK.jsonl for each task instead of printing.")
    private @Nullable Path folder;

    @ArgGroup(exclusive = false)
    private PromptOptions prompts = new PromptOptions();

    @Mixin
    private TaskFolders folders = new TaskFolders();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        RenderData files = RenderData.of(data);
        PoolCatalogue pools = new PoolCatalogue(List.of());
        var refused = new ArrayList<Problem>();
        try (PlanningDesk desk = PlanningDesk.open(folders.namedOrBundled(), pools)) {
            List<TaskSelector.Selected> selected = desk.select(names);
            for (TaskSelector.Selected one : selected) {
                switch (TaskReader.read(files.put(one.config()), one.folder())) {
                    case TaskReader.Outcome.Refused(var reasons) -> refused.addAll(reasons);
                    case TaskReader.Outcome.Read(var task) ->
                        render(task, desk, selected.size() > 1, refused, output.out());
                }
            }
        }
        output.out().flush();
        if (!refused.isEmpty()) {
            throw CommandException.failed("This could not be rendered:\n" + PlanningDesk.lines(refused));
        }
        return ExitCodes.OK;
    }

    private void render(
            TaskDefinition task, PlanningDesk desk, boolean isOneOfSeveral, List<Problem> refused, PrintWriter out) {
        try (TaskRendering rendering = desk.rendering(task, prompts.options())) {
            if (folder == null) {
                print(task, rendering, isOneOfSeveral, out);
                return;
            }
            Files.createDirectories(folder);
            Path file = folder.resolve("samples_" + task.name() + ".jsonl");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                print(task, rendering, false, writer);
            }
        } catch (DatasetException unusable) {
            refused.add(Problems.of(unusable.where(), task.name() + ": " + unusable.reason()));
        } catch (TemplateException | IllegalArgumentException wrong) {
            refused.add(Problems.of(task.where("task"), task.name() + ": " + wrong.getMessage()));
        } catch (IOException unwritable) {
            throw CommandException.usage(folder + ": cannot be written (" + unwritable + ")");
        }
    }

    private static void print(TaskDefinition task, TaskRendering rendering, boolean isNamed, PrintWriter out) {
        for (int row = 0; row < rendering.size(); row++) {
            var line = new LinkedHashMap<String, @Nullable Object>();
            if (isNamed) {
                line.put("task", task.name());
            }
            try {
                line.putAll(rendering.at(row).line(Map.of(), Map.of()));
            } catch (TemplateException unfit) {
                throw new TemplateException(rendering.where(row) + ": " + unfit.getMessage());
            }
            out.print(PythonJson.line(line) + "\n");
        }
    }
}
