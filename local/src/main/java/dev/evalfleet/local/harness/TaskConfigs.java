package dev.evalfleet.local.harness;

import dev.evalfleet.producer.task.TaskDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A task's configuration as lm-eval dumps it: its keys, defaults applied, in lm-eval's order, without what is unset.
final class TaskConfigs {
    private static final List<String> KEYS = List.of(
            "task",
            "task_alias",
            "tag",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "process_docs",
            "doc_to_text",
            "doc_to_target",
            "unsafe_code",
            "doc_to_choice",
            "process_results",
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
            "should_decontaminate",
            "doc_to_decontamination_query",
            "gen_prefix",
            "metadata");

    private TaskConfigs() {}

    /// @param shots as they were used
    static Map<String, @Nullable Object> of(TaskDefinition task, int shots) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("unsafe_code", false);
        values.put("description", "");
        values.put("target_delimiter", " ");
        values.put("fewshot_delimiter", "\n\n");
        values.put("repeats", 1L);
        values.put("should_decontaminate", false);
        values.putAll(task.config().values());
        values.put("output_type", Objects.requireNonNullElse(values.get("output_type"), "generate_until"));
        values.put("num_fewshot", (long) shots);
        values.put("generation_kwargs", task.generation().isEmpty() ? null : task.generation());
        values.put("fewshot_config", fewShot(values));
        var config = new LinkedHashMap<String, @Nullable Object>();
        for (String key : KEYS) {
            if (values.get(key) != null) {
                config.put(key, values.get(key));
            }
        }
        return config;
    }

    // What it does not say itself it has from the task.
    private static Map<String, @Nullable Object> fewShot(Map<String, @Nullable Object> task) {
        var config = new LinkedHashMap<String, @Nullable Object>();
        config.put("sampler", "default");
        config.put("split", task.get("fewshot_split"));
        config.put("process_docs", task.get("process_docs"));
        config.put("fewshot_indices", null);
        config.put("samples", null);
        for (String key : List.of(
                "doc_to_text",
                "doc_to_choice",
                "doc_to_target",
                "gen_prefix",
                "fewshot_delimiter",
                "target_delimiter")) {
            config.put(key, task.get(key));
        }
        if (task.get("fewshot_config") instanceof Map<?, ?> own) {
            own.forEach((key, value) -> config.put(String.valueOf(key), value));
        }
        return config;
    }
}
