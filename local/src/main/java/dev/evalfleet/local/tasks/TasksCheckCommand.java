package dev.evalfleet.local.tasks;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.producer.task.LibraryCheck;
import dev.evalfleet.producer.task.LibraryCheck.Verdict;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.schemas.avro.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet tasks check`.
@Command(
        name = "check",
        description = "Say how many tasks of a folder can run, how many cannot, and why. Reads no data.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet tasks check --tasks-dir lm-evaluation-harness/lm_eval/tasks",
            "  evalfleet tasks check --tasks-dir my-tasks --json"
        })
final class TasksCheckCommand implements Callable<Integer> {

    private static final int CAUSES_SHOWN = 40;

    @Mixin
    private TaskFolders folders = new TaskFolders();

    @Option(names = "--json", description = "Print one JSON object: the counts, and every task with its reason.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, json);
        LibraryCheck.Report report = LibraryCheck.of(new TaskLibrary(folders.namedOrBundled()));
        if (json) {
            writeJson(report, output.out());
        } else {
            print(report, output.out());
        }
        output.out().flush();
        return ExitCodes.OK;
    }

    private static void print(LibraryCheck.Report report, PrintWriter out) {
        long definitions = report.tasks().size();
        out.println(definitions + " definitions: " + report.runnable() + " run, " + (definitions - report.runnable())
                + " do not");
        out.println(report.pure() + " of them without Python: " + report.pureRunnable() + " run, "
                + (report.pure() - report.pureRunnable()) + " do not");
        Map<String, List<Verdict>> byCause = report.tasks().stream()
                .filter(verdict -> !verdict.runnable())
                .collect(Collectors.groupingBy(Verdict::cause, TreeMap::new, Collectors.toList()));
        List<Map.Entry<String, List<Verdict>>> causes = byCause.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .toList();
        if (!causes.isEmpty()) {
            out.println();
            out.println("why not (tasks, cause, one of them)");
        }
        causes.stream()
                .limit(CAUSES_SHOWN)
                .forEach(entry -> out.printf(
                        "%7d  %s (%s)%n",
                        entry.getValue().size(),
                        entry.getKey(),
                        entry.getValue().getFirst().task()));
        if (causes.size() > CAUSES_SHOWN) {
            long rest = causes.stream()
                    .skip(CAUSES_SHOWN)
                    .mapToLong(entry -> entry.getValue().size())
                    .sum();
            out.printf(
                    "%7d  of %d more causes; --json has the reason of each task%n", rest, causes.size() - CAUSES_SHOWN);
        }
        print("files that cannot be read", report.broken(), out);
        print("names that are defined twice", report.duplicates(), out);
    }

    private static void print(String title, List<Problem> problems, PrintWriter out) {
        if (!problems.isEmpty()) {
            out.println();
            out.println(title);
            out.println(PlanningDesk.lines(problems));
        }
    }

    private static void writeJson(LibraryCheck.Report report, PrintWriter out) {
        try (JsonGenerator json = new ObjectMapper().getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeNumberField("definitions", report.tasks().size());
            json.writeNumberField("runnable", report.runnable());
            json.writeNumberField("pure", report.pure());
            json.writeNumberField("pureRunnable", report.pureRunnable());
            json.writeArrayFieldStart("tasks");
            for (Verdict verdict : report.tasks()) {
                json.writeStartObject();
                json.writeStringField("task", verdict.task());
                json.writeBooleanField("runnable", verdict.runnable());
                json.writeStringField("reason", verdict.reason());
                json.writeBooleanField("pure", verdict.pure());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("broken");
            for (Problem problem : report.broken()) {
                json.writeString(problem.getWhere() + ": " + problem.getMessage());
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw CommandException.failed("The report cannot be written: " + e.getMessage());
        }
        out.println();
    }
}
