package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.runtime.python.RegexException;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.worker.scoring.filter.AnswerFilters;
import java.util.ArrayList;
import java.util.List;

/// From a sample's outputs to its scores: every metric on every filter pipeline.
public final class SampleScorer {

    private static final FilterPipeline NONE = new FilterPipeline("none", List.of());

    private SampleScorer() {}

    /// What the filters made of the outputs, and what that is worth.
    public record Scored(List<FilteredOutput> filtered, List<Score> scores) {}

    /// Scores the outputs of a sample, in the order its questions were asked. Throws [ScoringException].
    public static Scored score(Sample sample, List<Output> outputs) {
        try {
            return scored(sample, outputs);
        } catch (RegexException e) {
            throw new ScoringException(e.code(), e.getMessage() == null ? "" : e.getMessage());
        }
    }

    private static Scored scored(Sample sample, List<Output> outputs) {
        List<FilteredOutput> filtered = new ArrayList<>();
        List<Score> scores = new ArrayList<>();
        for (FilterPipeline pipeline : sample.getFilters().isEmpty() ? List.of(NONE) : sample.getFilters()) {
            List<String> answers = List.of();
            if (sample.getRequestType() == RequestType.GENERATE_UNTIL) {
                answers = AnswerFilters.apply(pipeline, texts(outputs), sample);
                filtered.add(new FilteredOutput(pipeline.getName(), answers));
            }
            Scorer.Answer answer = new Scorer.Answer(sample, outputs, answers);
            sample.getMetrics().forEach(metric -> scores.add(score(answer, metric, pipeline.getName())));
        }
        return new Scored(filtered, scores);
    }

    private static Score score(Scorer.Answer answer, SampleMetric metric, String filter) {
        JsonNode options = Arguments.parse(metric.getArguments());
        // A task can give a metric's name to another way of scoring.
        String known = options.path("scorer").asText(metric.getName());
        Scorer scorer = Scorers.of(answer.sample().getRequestType(), known);
        Scorer.Value value = scorer.score(answer, options);
        return new Score(metric.getName(), filter, value.value(), value.statistics());
    }

    private static List<String> texts(List<Output> outputs) {
        return outputs.stream()
                .map(output -> output.getText() == null ? "" : output.getText())
                .toList();
    }
}
