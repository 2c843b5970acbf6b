package dev.evalfleet.producer.task;

import dev.evalfleet.producer.dataset.DatasetSource;
import dev.evalfleet.producer.script.ScriptFunction;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.schemas.Scoring;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.RequestType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a task asks and how it is scored: lm-eval's keys, typed.
///
/// @param version as `metadata.version` says
/// @param processDocs what is done to the documents of a split before anything else
/// @param numFewshot null: the task does not say
/// @param generation the task's generation_kwargs, defaults applied
/// @param slices columns whose values are slice labels (`metadata.slices`)
/// @param cluster column whose value groups documents (`metadata.cluster`)
/// @param config the resolved keys, for messages and for the plan
public record TaskDefinition(
        String name,
        String alias,
        String version,
        RequestType requestType,
        DatasetSource dataset,
        Splits splits,
        @Nullable ScriptFunction processDocs,
        DocField description,
        DocField question,
        DocField target,
        @Nullable DocField choices,
        String targetDelimiter,
        String fewshotDelimiter,
        @Nullable DocField genPrefix,
        FewShotSettings fewShot,
        @Nullable Integer numFewshot,
        Map<String, @Nullable Object> generation,
        int repeats,
        List<FilterPipeline> filters,
        List<MetricSettings> metrics,
        List<String> slices,
        @Nullable String cluster,
        DatasetRules rules,
        Config config) {

    /// The splits a task names; each may be absent.
    public record Splits(
            @Nullable String training, @Nullable String validation, @Nullable String test, @Nullable String fewshot) {

        /// The split that is evaluated.
        public @Nullable String evaluated() {
            return test != null ? test : validation;
        }

        /// The split few-shot examples come from when there is none of their own and no inline samples.
        public @Nullable String examples() {
            return fewshot != null ? fewshot : training != null ? training : validation != null ? validation : test;
        }

        /// Whether examples and evaluated documents are one set, so that a document must not be its own example.
        /// lm-eval compares the two keys as written: unset and unset are the same.
        public boolean sharesExamples() {
            return java.util.Objects.equals(fewshot, test);
        }
    }

    /// How examples are drawn.
    ///
    /// @param sampler default or first_n
    /// @param samples examples written into the YAML
    /// @param processDocs as the task's own, for the documents examples are drawn from
    public record FewShotSettings(
            String sampler,
            @Nullable List<Map<String, @Nullable Object>> samples,
            @Nullable ScriptFunction processDocs,
            @Nullable DocField question,
            @Nullable DocField target,
            @Nullable DocField choices,
            @Nullable DocField genPrefix,
            @Nullable String targetDelimiter,
            @Nullable String fewshotDelimiter) {}

    /// One entry of metric_list.
    ///
    /// @param arguments its options as JSON
    /// @param facts what is known of its values
    public record MetricSettings(
            String name, String aggregation, boolean higherIsBetter, String arguments, Scoring.MetricFacts facts) {}

    /// What must hold of the documents (`metadata.dataset_check`).
    ///
    /// @param rows expected number of documents; null: any
    public record DatasetRules(
            @Nullable Long rows,
            @Nullable Long minLength,
            @Nullable Long maxLength,
            boolean refuseDuplicates,
            boolean refuseEmpty,
            boolean allowNull) {
        static final DatasetRules NONE = new DatasetRules(null, null, null, false, false, false);
    }

    public String where(String key) {
        return config.where(key);
    }

    public int shots(@Nullable Integer requested) {
        return requested != null ? requested : numFewshot == null ? 0 : numFewshot;
    }
}
