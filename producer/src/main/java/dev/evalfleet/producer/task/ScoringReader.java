package dev.evalfleet.producer.task;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.script.KnownScoring;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.runtime.python.RegexException;
import dev.evalfleet.schemas.Scoring;
import dev.evalfleet.schemas.ScriptedMetrics;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.RequestType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The keys that say how answers are made, filtered and scored: generation_kwargs, filter_list, metric_list.
final class ScoringReader {
    private static final Scoring.MetricFacts NO_FACTS = Scoring.MetricFacts.mean("unknown");
    private static final Set<String> METRIC_KEYS = Set.of("metric", "aggregation", "higher_is_better");

    private final ConfigReader keys;
    private final RequestType type;
    private final String processResults;

    ScoringReader(ConfigReader keys, RequestType type) {
        this.keys = keys;
        this.type = type;
        this.processResults = processResults(keys);
    }

    /// With lm-eval's defaults: without arguments greedy until the few-shot delimiter; without `until` the same stop.
    Map<String, @Nullable Object> generation() {
        if (type != RequestType.GENERATE_UNTIL) {
            return Map.of();
        }
        List<String> stop = List.of(keys.text("fewshot_delimiter", "\n\n"));
        var generation = new LinkedHashMap<>(keys.map("generation_kwargs"));
        if (!keys.has("generation_kwargs")) {
            generation.putAll(TaskReader.GENERATION);
        }
        generation.computeIfPresent("temperature", (_, given) -> fraction(given));
        if (!generation.containsKey("until")) {
            generation.put("until", stop);
        }
        return generation;
    }

    private static Object fraction(Object value) {
        try {
            return value instanceof Number || value instanceof String ? Double.valueOf(value.toString()) : value;
        } catch (NumberFormatException e) {
            return value;
        }
    }

    List<FilterPipeline> filters() {
        var pipelines = new ArrayList<FilterPipeline>();
        for (ConfigReader pipeline : keys.sections("filter_list")) {
            var steps = new ArrayList<FilterStep>();
            for (ConfigReader step : pipeline.sections("filter")) {
                steps.add(step(step));
            }
            pipelines.add(FilterPipeline.newBuilder()
                    .setName(pipeline.text("name", "none"))
                    .setSteps(steps)
                    .build());
        }
        if (pipelines.isEmpty()) {
            FilterStep first = FilterStep.newBuilder().setFunction("take_first").build();
            pipelines.add(FilterPipeline.newBuilder()
                    .setName("none")
                    .setSteps(List.of(first))
                    .build());
        }
        return pipelines;
    }

    private FilterStep step(ConfigReader step) {
        String function = step.text("function", "");
        if (!Scoring.filters().contains(function)) {
            step.problem(
                    "function",
                    "filter \"" + function + "\" is not supported; these are: "
                            + String.join(", ", new TreeSet<>(Scoring.filters())));
        }
        if (step.value("regex_pattern") instanceof String pattern) {
            try {
                PythonRegex.compile(pattern);
            } catch (RegexException e) {
                step.problem("regex_pattern", "is not a regular expression: " + e.getMessage());
            }
        }
        var arguments = new LinkedHashMap<>(step.config().values());
        arguments.remove("function");
        arguments.forEach((name, value) -> refuseFunction(step, name, value));
        return FilterStep.newBuilder()
                .setFunction(function)
                .setArguments(JsonValues.text(arguments))
                .build();
    }

    List<TaskDefinition.MetricSettings> metrics() {
        var metrics = new ArrayList<TaskDefinition.MetricSettings>();
        for (ConfigReader metric : keys.sections("metric_list")) {
            metrics.add(metric(metric));
        }
        if (!keys.has("metric_list")) {
            for (String name : Scoring.defaultMetrics(type)) {
                Scoring.MetricFacts facts =
                        Objects.requireNonNull(Scoring.metrics(type).get(name), name);
                metrics.add(new TaskDefinition.MetricSettings(
                        name, facts.aggregation(), facts.higherIsBetter(), "{}", facts));
            }
        }
        if (metrics.isEmpty()) {
            keys.problem("metric_list", "is empty: without a metric nothing is scored");
        }
        return metrics;
    }

    private TaskDefinition.MetricSettings metric(ConfigReader metric) {
        String name = metric.text("metric", "");
        Map<String, Scoring.MetricFacts> known = Scoring.metrics(type);
        Map<String, Object> scripted = ScriptedMetrics.options(processResults, name);
        boolean isScripted = ScriptedMetrics.isScripted(scripted);
        Scoring.MetricFacts facts = isScripted ? ScriptedMetrics.facts(name) : known.get(name);
        if (facts == null && !name.isEmpty()) {
            metric.problem(
                    "metric",
                    "\"" + name + "\" is not supported for " + type.name().toLowerCase(java.util.Locale.ROOT)
                            + "; these are: " + String.join(", ", known.keySet()));
        } else if (facts == null && metric.config().get("metric") == null) {
            metric.problem("metric", "is missing: every entry of metric_list names a metric");
        }
        if (type == RequestType.GENERATE_UNTIL && facts != null && !isScripted) {
            checkImplementation(metric, name);
        }
        String aggregation = aggregation(metric, facts);
        if (facts != null && !aggregation.equals(facts.aggregation()) && !isAverageF1(name, aggregation)) {
            metric.problem(
                    "aggregation",
                    "\"" + aggregation + "\" of " + name + " is not supported; " + facts.aggregation() + " is");
        }
        var arguments = new LinkedHashMap<>(metric.config().values());
        METRIC_KEYS.forEach(arguments::remove);
        arguments.forEach((key, value) -> refuseFunction(metric, key, value));
        arguments.putAll(scripted);
        boolean higherIsBetter = metric.flag("higher_is_better", facts == null || facts.higherIsBetter());
        return new TaskDefinition.MetricSettings(
                name, aggregation, higherIsBetter, JsonValues.text(arguments), facts == null ? NO_FACTS : facts);
    }

    private String aggregation(ConfigReader metric, Scoring.@Nullable MetricFacts facts) {
        String usual = facts == null ? "mean" : facts.aggregation();
        return metric.config().get("aggregation") instanceof PythonFunction reference
                ? known(metric, "aggregation", reference).orElse(usual)
                : metric.text("aggregation", usual);
    }

    private boolean isAverageF1(String metric, String aggregation) {
        return type == RequestType.MULTIPLE_CHOICE
                && metric.equals("f1")
                && Set.of("weighted_f1", "macro_f1", "micro_f1").contains(aggregation);
    }

    /// A scoring function by the name under which workers and aggregators have it.
    private static Optional<String> known(ConfigReader at, String key, PythonFunction reference) {
        try {
            Optional<String> known = KnownScoring.of(reference);
            if (known.isEmpty()) {
                at.problem(
                        key, "needs the Python function " + reference.described() + ", which evalfleet does not have");
            }
            return known;
        } catch (ScriptException e) {
            at.problem(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static String processResults(ConfigReader keys) {
        return keys.config().get("process_results") instanceof PythonFunction reference
                ? known(keys, "process_results", reference).orElse("")
                : "";
    }

    // hf_evaluate takes the metric from Hugging Face's evaluate: of those, the ones that compare one label with
    // another.
    private static void checkImplementation(ConfigReader metric, String name) {
        boolean isLabel = name.equals("accuracy") || name.equals("f1");
        boolean fromEvaluate = metric.flag("hf_evaluate", false);
        if (isLabel != fromEvaluate && !name.equals("exact_match")) {
            metric.problem(
                    "hf_evaluate",
                    isLabel
                            ? "must be true: \"" + name + "\" of generated text is that of Hugging Face's evaluate"
                            : "of \"" + name + "\" is not supported; leave it out for lm-eval's own");
        }
        if (name.equals("f1") && !metric.text("average", "binary").equals("micro")) {
            metric.problem("average", "of f1 of generated text is supported as micro only");
        }
    }

    private static void refuseFunction(ConfigReader at, String key, @Nullable Object value) {
        if (value instanceof PythonFunction) {
            at.value(key);
        }
    }
}
