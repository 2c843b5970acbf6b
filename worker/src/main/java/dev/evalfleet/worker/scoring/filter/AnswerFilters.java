package dev.evalfleet.worker.scoring.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.scoring.Arguments;
import dev.evalfleet.worker.scoring.ScoringException;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The filter functions of lm-evaluation-harness by name. To add one: a line in [#step], and a test.
public final class AnswerFilters {

    /// One step from raw outputs to the answer that is scored.
    @FunctionalInterface
    interface Step {

        /// The answers of one sample, one per repeat at first; never empty.
        List<String> apply(List<String> answers);
    }

    private AnswerFilters() {}

    /// What the pipeline makes of the outputs. A pipeline without steps takes the first, as the harness does.
    public static List<String> apply(FilterPipeline pipeline, List<String> outputs, Sample sample) {
        if (pipeline.getSteps().isEmpty()) {
            return takeFirst(outputs);
        }
        List<String> answers = outputs;
        for (FilterStep step : pipeline.getSteps()) {
            answers = step(step.getFunction(), Arguments.parse(step.getArguments()), sample)
                    .apply(answers);
        }
        return answers;
    }

    private static Step step(String function, JsonNode arguments, Sample sample) {
        return switch (function) {
            case "take_first" -> AnswerFilters::takeFirst;
            case "take_first_k" -> takeFirst(arguments.path("k").asInt(1));
            case "majority_vote" -> AnswerFilters::majority;
            case "regex" -> RegexFilter.from(arguments);
            case "multi_choice_regex" -> MultiChoiceRegexFilter.from(arguments, sample);
            case "remove_whitespace" -> each(PythonText::strip);
            case "lowercase" -> each(PythonText::lower);
            case "uppercase" -> each(PythonText::upper);
            case "map" -> map(arguments);
            case "format_span" -> each(EntitySpans::of);
            case "regex_pos" -> each(WordTags.from(arguments));
            default ->
                throw new ScoringException("unknown_filter", "filter '" + function + "' is not known to this worker");
        };
    }

    private static List<String> takeFirst(List<String> answers) {
        return List.of(answers.getFirst());
    }

    private static Step takeFirst(int k) {
        return answers -> {
            if (answers.size() < k) {
                throw new ScoringException(
                        "too_few_repeats",
                        "take_first_k wants " + k + " outputs and the sample has " + answers.size()
                                + "; raise the task's repeats");
            }
            return answers.subList(0, k);
        };
    }

    /// The most frequent answer; the earliest of those that are equally frequent.
    private static List<String> majority(List<String> answers) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
        String winner = answers.getFirst();
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > counts.getOrDefault(winner, 0)) {
                winner = entry.getKey();
            }
        }
        return List.of(winner);
    }

    private static Step each(UnaryOperator<String> change) {
        return answers -> answers.stream().map(change).toList();
    }

    private static Step map(JsonNode arguments) {
        JsonNode dictionary = arguments.path("mapping_dict");
        @Nullable JsonNode fallback = arguments.get("default_value");
        String other = fallback == null || fallback.isNull() ? "None" : fallback.asText();
        return each(answer -> dictionary.has(answer) ? dictionary.get(answer).asText() : other);
    }
}
