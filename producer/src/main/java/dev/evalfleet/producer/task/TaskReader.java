package dev.evalfleet.producer.task;

import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetSource;
import dev.evalfleet.producer.dataset.files.DataArguments;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RequestType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Task YAML to [TaskDefinition]: every key is understood or refused, each with file, line and key.
public final class TaskReader {
    /// Keys that change neither prompts nor scores.
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "tag", "group", "group_alias", "should_decontaminate", "doc_to_decontamination_query", "unsafe_code");

    /// How a task generates that does not say how; until the few-shot delimiter.
    public static final Map<String, @Nullable Object> GENERATION = generation();

    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "task",
            "task_alias",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "process_docs",
            "process_results",
            "doc_to_text",
            "doc_to_target",
            "doc_to_choice",
            "description",
            "target_delimiter",
            "fewshot_delimiter",
            "fewshot_config",
            "num_fewshot",
            "metric_list",
            "output_type",
            "generation_kwargs",
            "repeats",
            "filter_list",
            "gen_prefix",
            "metadata"));

    private static final Map<String, String> REFUSED = Map.of(
            "class", "names a Python class, which evalfleet does not have",
            "custom_dataset", "names Python code that makes the dataset, which evalfleet does not have",
            "doc_to_image", "asks for images; evalfleet evaluates text",
            "doc_to_audio", "asks for sound; evalfleet evaluates text",
            "use_prompt", "names a prompt of the promptsource package, which evalfleet does not have");

    private final ConfigReader keys;
    private final Problems problems = new Problems();
    private final @Nullable Path folder;

    private TaskReader(Config config, @Nullable Path folder) {
        this.keys = new ConfigReader(config, problems);
        this.folder = folder;
    }

    /// A definition, or every reason why there is none.
    public sealed interface Outcome {
        record Read(TaskDefinition task) implements Outcome {}

        record Refused(List<Problem> problems) implements Outcome {}
    }

    /// @param folder where relative paths start when the place of the key does not tell; null for inline YAML
    public static Outcome read(Config config, @Nullable Path folder) {
        return new TaskReader(config, folder).read();
    }

    private Outcome read() {
        checkKeys();
        RequestType type = requestType();
        DocField question = required("doc_to_text", type != RequestType.LOGLIKELIHOOD_ROLLING);
        DocField target = required("doc_to_target", true);
        DocField choices = required("doc_to_choice", type == RequestType.MULTIPLE_CHOICE);
        var scoring = new ScoringReader(keys, type);
        var metadata = new MetadataReader(keys);
        var fewShot = new FewShotReader(keys);
        TaskDefinition task = new TaskDefinition(
                keys.text("task", ""),
                keys.text("task_alias", keys.text("task", "")),
                metadata.version(),
                type,
                dataset(),
                splits(fewShot),
                keys.function("process_docs"),
                Objects.requireNonNullElseGet(
                        keys.textField("description"), () -> DocField.constant("description", "", "")),
                Objects.requireNonNullElseGet(question, () -> DocField.constant("doc_to_text", "", "")),
                Objects.requireNonNullElseGet(target, () -> DocField.constant("doc_to_target", "", "")),
                choices,
                keys.text("target_delimiter", " "),
                keys.text("fewshot_delimiter", "\n\n"),
                keys.textField("gen_prefix"),
                fewShot.settings(),
                atLeast("num_fewshot", 0),
                scoring.generation(),
                Objects.requireNonNullElse(atLeast("repeats", 1), 1),
                scoring.filters(),
                scoring.metrics(),
                metadata.slices(),
                metadata.cluster(),
                metadata.rules(),
                keys.config());
        return problems.isEmpty() ? new Outcome.Read(task) : new Outcome.Refused(problems.list());
    }

    private static Map<String, @Nullable Object> generation() {
        var arguments = new LinkedHashMap<String, @Nullable Object>();
        arguments.put("temperature", 0.0);
        arguments.put("do_sample", false);
        arguments.put("max_gen_toks", 256L);
        return Collections.unmodifiableMap(arguments);
    }

    private void checkKeys() {
        for (String key : keys.config().values().keySet()) {
            boolean set = keys.config().get(key) != null;
            if (REFUSED.containsKey(key)) {
                if (key.equals("class")) {
                    keys.problem(key, REFUSED.get(key) + named(key));
                } else if (set && keys.value(key) != null) {
                    keys.problem(key, REFUSED.get(key));
                }
            } else if (!KNOWN.contains(key) && !WITHOUT_EFFECT.contains(key)) {
                keys.problem(key, "is not a key of a task; evalfleet knows " + String.join(", ", KNOWN));
            }
        }
        if (keys.text("task", "").isBlank()) {
            keys.problem("task", "is missing: a task needs a name");
        }
    }

    private String named(String key) {
        return keys.config().get(key) instanceof PythonFunction function ? ": " + function.described() : "";
    }

    private RequestType requestType() {
        String type = keys.text("output_type", "generate_until");
        return switch (type) {
            case "generate_until" -> RequestType.GENERATE_UNTIL;
            case "multiple_choice" -> RequestType.MULTIPLE_CHOICE;
            case "loglikelihood" -> RequestType.LOGLIKELIHOOD;
            case "loglikelihood_rolling" -> RequestType.LOGLIKELIHOOD_ROLLING;
            default -> {
                keys.problem(
                        "output_type",
                        "is \"" + type
                                + "\"; it must be generate_until, multiple_choice, loglikelihood or loglikelihood_rolling");
                yield RequestType.GENERATE_UNTIL;
            }
        };
    }

    private @Nullable DocField required(String key, boolean needed) {
        if (needed && !keys.config().has(key)) {
            keys.problem(
                    key,
                    "is missing: a task of output_type " + keys.text("output_type", "generate_until") + " needs it");
        }
        return keys.field(key);
    }

    private @Nullable Integer atLeast(String key, int least) {
        Long number = keys.whole(key);
        if (number != null && (number < least || number > 100_000)) {
            keys.problem(key, "must be at least " + least + " and at most 100000, but is " + number);
            return null;
        }
        return number == null ? null : number.intValue();
    }

    private TaskDefinition.Splits splits(FewShotReader fewShot) {
        var splits = new TaskDefinition.Splits(
                keys.text("training_split"), keys.text("validation_split"), keys.text("test_split"), fewShot.split());
        if (splits.evaluated() == null) {
            keys.problem("test_split", "is missing: a task needs a test_split or a validation_split to evaluate");
        }
        return splits;
    }

    private DatasetSource dataset() {
        String loader = keys.text("dataset_path", "");
        if (loader.isEmpty()) {
            keys.problem(
                    "dataset_path",
                    "is missing: a dataset of the hub, or json, csv, parquet or text with the files in dataset_kwargs.data_files");
        }
        ConfigReader arguments = keys.section("dataset_kwargs");
        var files = new LinkedHashMap<String, List<String>>();
        switch (arguments.value("data_files")) {
            case null -> {}
            case Map<?, ?> bySplit ->
                bySplit.forEach((split, named) -> files.put(Python.str(split), TaskIndex.names(named)));
            case Object named -> files.put("train", TaskIndex.names(named));
        }
        DataOptions options = keys.has("custom_dataset") // its arguments are its own
                ? DataOptions.DEFAULT
                : DataArguments.read(arguments.config().values(), arguments::problem);
        return new DatasetSource(
                loader,
                keys.text("dataset_name"),
                files,
                options,
                dataFolder(),
                keys.where(arguments.has("data_files") ? "dataset_kwargs.data_files" : "dataset_path"));
    }

    // Paths start where the YAML stands that names them, which may be an included one.
    private @Nullable Path dataFolder() {
        if (folder == null) {
            return null;
        }
        Path file = Path.of(keys.config().place("dataset_kwargs.data_files").file());
        return file.isAbsolute() && file.getParent() != null ? file.getParent() : folder;
    }
}
