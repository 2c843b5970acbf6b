package dev.evalfleet.local.harness;

import dev.evalfleet.aggregator.stats.corpus.HarnessScore;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.producer.plan.PlannedSamples;
import dev.evalfleet.producer.python.PythonJson;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes runs as lm-eval does: for each model a folder with a results file, and a samples file for each task.
public final class HarnessExport implements AutoCloseable {
    /// The version of lm-eval whose files these are.
    private static final String VERSION = "0.4.13";

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSSSSS");

    private final Map<String, TaskLog> byRun = new LinkedHashMap<>();

    /// What was written.
    ///
    /// @param left results without an answer, which lm-eval's files do not know
    public record Written(List<Path> files, long samples, long left) {
        @Override
        public String toString() {
            return samples + " samples in " + files.size() + " files"
                    + (left == 0 ? "" : "; " + left + " failed ones are left out, lm-eval knows no such thing");
        }
    }

    /// Reads the results of runs and writes them.
    public static Written write(FleetClient client, FleetPicture picture, List<RunState> runs, Path folder) {
        List<RunPlan> plans = runs.stream()
                .flatMap(run -> picture.plan(run.getId()).stream())
                .sorted(Comparator.comparingInt(plan -> plan.getRequestRuns().indexOf(plan.getRunId())))
                .toList();
        try (HarnessExport export = of(plans)) {
            client.results().read(runs, export::add);
            return export.write(folder);
        }
    }

    static HarnessExport of(List<RunPlan> plans) {
        var export = new HarnessExport();
        try {
            for (RunPlan plan : plans) {
                export.byRun.put(plan.getRunId(), new TaskLog(plan, PlannedSamples.task(plan)));
            }
            return export;
        } catch (SpoolException unreadable) {
            export.close();
            throw CommandException.failed(String.valueOf(unreadable.getMessage()));
        } catch (IOException full) {
            export.close();
            throw CommandException.failed("There is no room for temporary files: " + full.getMessage());
        }
    }

    void add(SampleResult result) {
        TaskLog log = byRun.get(result.getRunId());
        try {
            if (log != null) {
                log.add(result);
            }
        } catch (IllegalArgumentException incomplete) {
            throw CommandException.failed(String.valueOf(incomplete.getMessage()));
        } catch (IOException full) {
            throw CommandException.failed("There is no room for temporary files: " + full.getMessage());
        }
    }

    /// To be called when every result was added.
    Written write(Path folder) {
        var byModel = new LinkedHashMap<String, List<TaskLog>>();
        byRun.values().stream().filter(log -> log.scored() > 0).forEach(log -> byModel.computeIfAbsent(
                        model(log.plan()), _ -> new ArrayList<>())
                .add(log));
        String stamp = LocalDateTime.now(java.time.ZoneId.systemDefault()).format(STAMP);
        var files = new ArrayList<Path>();
        byModel.forEach((model, logs) -> files.addAll(write(folder.resolve(sanitized(model)), stamp, model, logs)));
        return new Written(
                files,
                byRun.values().stream().mapToLong(TaskLog::scored).sum(),
                byRun.values().stream().mapToLong(TaskLog::failed).sum());
    }

    private static List<Path> write(Path folder, String stamp, String model, List<TaskLog> logs) {
        var files = new ArrayList<Path>();
        try {
            Files.createDirectories(folder);
            for (TaskLog log : logs) {
                log.sort();
                Path file = folder.resolve("samples_" + log.task().name() + "_" + stamp + ".jsonl");
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                    log.write(out);
                }
                files.add(file);
            }
            Map<String, @Nullable Object> content = ResultsFile.of(logs, HarnessScore.ITERATIONS);
            content.putAll(facts(model, logs));
            files.add(Files.writeString(folder.resolve("results_" + stamp + ".json"), PythonJson.indented(content)));
            return files;
        } catch (IOException unwritable) {
            throw CommandException.usage(folder + ": cannot be written (" + unwritable + ")");
        }
    }

    private static Map<String, @Nullable Object> facts(String model, List<TaskLog> logs) {
        RunPlan plan = logs.getFirst().plan();
        Instant start = plan.getPlannedAt();
        Duration took = Duration.between(start, Instant.now());
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("git_hash", null);
        facts.put("date", start.toEpochMilli() / 1000.0);
        facts.put("pretty_env_info", "evalfleet, Java " + Runtime.version());
        facts.put("transformers_version", "N/A");
        facts.put("lm_eval_version", VERSION);
        facts.put("upper_git_hash", null);
        facts.put("eot_token_id", null);
        facts.put("max_length", null);
        facts.put("model_source", "evalfleet");
        facts.put("model_name", model);
        facts.put("model_name_sanitized", sanitized(model));
        facts.put("system_instruction", plan.getSystemInstruction());
        facts.put("system_instruction_sha", ResultsFile.hash(plan.getSystemInstruction()));
        facts.put("fewshot_as_multiturn", plan.getFewshotAsMultiturn());
        facts.put("chat_template", null);
        facts.put("chat_template_sha", null);
        facts.put("total_evaluation_time_seconds", String.valueOf(took.toMillis() / 1000.0));
        return facts;
    }

    // A variant is another model to lm-eval.
    private static String model(RunPlan plan) {
        return plan.getVariant() == null ? plan.getModel() : plan.getModel() + "/" + plan.getVariant();
    }

    private static String sanitized(String model) {
        return model.replaceAll("[\"<>:/|\\\\?*\\[\\]]+", "__");
    }

    @Override
    public void close() {
        for (TaskLog log : byRun.values()) {
            try {
                log.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
