package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dataset.files.DataFiles;
import dev.evalfleet.producer.prompt.DatasetCheck;
import dev.evalfleet.producer.prompt.Generation;
import dev.evalfleet.producer.prompt.PromptSettings;
import dev.evalfleet.producer.prompt.SampleRenderer;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.producer.template.TemplateException;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.Variant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Plans one task in one variant: reads its keys, opens and checks its data, draws its examples.
final class TaskPlanner {
    private static final int PROMPTS_MEASURED = 32;

    private final SpoolStore spools;
    private final EvalRequest request;
    private final Problems problems;

    TaskPlanner(SpoolStore spools, EvalRequest request, Problems problems) {
        this.spools = spools;
        this.request = request;
        this.problems = problems;
    }

    /// Null where there were problems, which are collected.
    ///
    /// @throws DatasetException where the data may be had later
    @Nullable
    PlannedTask plan(TaskSelector.Selected selected, @Nullable Variant variant) throws DatasetException {
        Config config = EffectiveConfig.of(selected.config(), request, variant, problems);
        return switch (TaskReader.read(config, selected.folder())) {
            case TaskReader.Outcome.Refused(var reasons) -> {
                problems.addAll(reasons);
                yield null;
            }
            case TaskReader.Outcome.Read(var task) -> plan(task, config, selected, variant);
        };
    }

    private @Nullable PlannedTask plan(
            TaskDefinition task, Config config, TaskSelector.Selected selected, @Nullable Variant variant)
            throws DatasetException {
        PromptSettings settings = promptSettings(task, request, variant);
        try (TaskData data = TaskData.open(spools, task, settings.shots(), request.getLimit())) {
            int before = problems.count();
            DatasetCheck.Report report = DatasetCheck.of(task, data.documents().spool(), request.getLimit() != null);
            problems.addAll(report.problems());
            checkGeneration(task);
            if (problems.count() > before) {
                return null;
            }
            var warnings = new ArrayList<Problem>(report.warnings());
            if (shotsIgnored(task, request, variant)) {
                warnings.add(
                        Problems.of(
                                task.where("num_fewshot"),
                                task.name()
                                        + ": the task sets num_fewshot to 0, so the request's numFewshot is ignored, as lm-eval does"));
            }
            long characters =
                    measured(new SampleRenderer(task, settings, data.documents().spool(), data.examples()), data);
            return new PlannedTask(
                    task,
                    configJson(config, task),
                    hash(config),
                    selected.folder() == null ? "inline" : config.place("").file(),
                    data.documents().spool().size(),
                    data.documents().spool().fingerprint(),
                    settings.shots(),
                    report.sliceSizes(),
                    report.clusterSizes(),
                    warnings,
                    characters);
        } catch (DatasetException e) {
            if (e.isTemporary()) {
                throw e;
            }
            problems.add(e.where(), e.reason());
        } catch (IllegalArgumentException | TemplateException e) {
            problems.add(
                    task.where(e instanceof TemplateException ? "doc_to_text" : "num_fewshot"),
                    task.name() + ": " + e.getMessage());
        }
        return null;
    }

    private void checkGeneration(TaskDefinition task) {
        try {
            Generation.of(task.generation());
        } catch (IllegalArgumentException e) {
            problems.add(task.where("generation_kwargs"), String.valueOf(e.getMessage()));
        }
    }

    static PromptSettings promptSettings(TaskDefinition task, EvalRequest request, @Nullable Variant variant) {
        Integer own = variant == null ? null : variant.getNumFewshot();
        Integer asked = own != null ? own : shotsIgnored(task, request, variant) ? null : request.getNumFewshot();
        boolean multiturn = Objects.requireNonNullElse(request.getFewshotAsMultiturn(), request.getChat());
        return new PromptSettings(
                task.shots(asked),
                request.getFewshotSeed(),
                request.getChat(),
                multiturn,
                systemInstruction(request, variant));
    }

    // lm-eval: a task that says 0 means it.
    private static boolean shotsIgnored(TaskDefinition task, EvalRequest request, @Nullable Variant variant) {
        return request.getNumFewshot() != null
                && request.getNumFewshot() > 0
                && (variant == null || variant.getNumFewshot() == null)
                && Objects.equals(task.numFewshot(), 0);
    }

    static @Nullable String systemInstruction(EvalRequest request, @Nullable Variant variant) {
        return variant != null && variant.getSystemInstruction() != null
                ? variant.getSystemInstruction()
                : request.getSystemInstruction();
    }

    // The whole run is estimated from some of its prompts, spread over the dataset.
    private static long measured(SampleRenderer renderer, TaskData data) {
        int size = data.documents().spool().size();
        int taken = Math.min(size, PROMPTS_MEASURED);
        long characters = 0;
        for (int i = 0; i < taken; i++) {
            characters += renderer.prompt((int) ((long) i * size / taken)).length();
        }
        return taken == 0 ? 0 : characters * size / taken;
    }

    private String configJson(Config config, TaskDefinition task) throws DatasetException {
        var values = new LinkedHashMap<>(config.values());
        DataFiles.Pinned pinned = spools.files().pinned(task.dataset());
        var arguments = new LinkedHashMap<Object, @Nullable Object>();
        if (values.get("dataset_kwargs") instanceof Map<?, ?> given) {
            arguments.putAll(given);
        }
        arguments.putAll(pinned.arguments());
        values.put("dataset_path", pinned.path());
        values.put("dataset_kwargs", arguments);
        return JsonValues.text(PythonFunction.written(values));
    }

    private static String hash(Config config) {
        try {
            byte[] json = JsonValues.text(PythonFunction.written(new java.util.TreeMap<>(config.values())))
                    .getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
