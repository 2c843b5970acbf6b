package dev.evalfleet.producer.task;

import dev.evalfleet.producer.script.ScriptFunction;
import dev.evalfleet.producer.script.value.ScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The key fewshot_config: where examples come from, and how they are shown where that differs from the question.
final class FewShotReader {
    private final ConfigReader task;
    private final ConfigReader section;

    FewShotReader(ConfigReader task) {
        this.task = task;
        this.section = task.section("fewshot_config");
    }

    @Nullable
    String split() {
        return section.config().has("split") ? section.text("split") : task.text("fewshot_split");
    }

    TaskDefinition.FewShotSettings settings() {
        section.refuseOthers(Set.of(
                "sampler",
                "split",
                "process_docs",
                "samples",
                "doc_to_text",
                "doc_to_target",
                "doc_to_choice",
                "gen_prefix",
                "target_delimiter",
                "fewshot_delimiter",
                "fewshot_indices"));
        String sampler = section.text("sampler", "default");
        if (!Set.of("default", "first_n").contains(sampler)) {
            section.problem("sampler", "is \"" + sampler + "\"; evalfleet knows default and first_n");
        }
        ScriptFunction made = section.function("samples");
        List<Map<String, @Nullable Object>> samples = made != null
                ? made(made)
                : section.config().get("samples") instanceof List<?>
                        ? section.sections("samples").stream()
                                .map(sample -> (Map<String, @Nullable Object>)
                                        sample.config().values())
                                .toList()
                        : null;
        return new TaskDefinition.FewShotSettings(
                sampler,
                samples,
                section.config().has("process_docs") ? section.function("process_docs") : task.function("process_docs"),
                section.field("doc_to_text"),
                section.field("doc_to_target"),
                section.field("doc_to_choice"),
                section.config().has("gen_prefix") ? section.textField("gen_prefix") : task.textField("gen_prefix"),
                section.text("target_delimiter"),
                section.text("fewshot_delimiter"));
    }

    private @Nullable List<Map<String, @Nullable Object>> made(ScriptFunction function) {
        try {
            var samples = new ArrayList<Map<String, @Nullable Object>>();
            function.documents().forEachRemaining(samples::add);
            return samples;
        } catch (ScriptException e) {
            section.problem("samples", String.valueOf(e.getMessage()));
            return null;
        }
    }
}
