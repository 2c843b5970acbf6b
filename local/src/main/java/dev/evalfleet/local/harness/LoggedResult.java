package dev.evalfleet.local.harness;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.prompt.HarnessSample;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.ScriptedMetrics;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A scored result as lm-eval logs it: a line for each filter pipeline.
final class LoggedResult {
    // lm-eval logs the metrics of what is not generated in this order, whatever the task's own is.
    private static final List<String> ORDER = List.of(
            "perplexity",
            "acc",
            "word_perplexity",
            "byte_perplexity",
            "f1",
            "mcc",
            "acc_norm",
            "acc_bytes",
            "exact_match",
            "brier_score",
            "acc_mutual_info",
            "bits_per_byte");
    private static final int NO_GOLD = -100;

    private final TaskDefinition task;
    private final SampleResult result;
    private final HarnessSample sample;

    private LoggedResult(TaskDefinition task, SampleResult result, HarnessSample sample) {
        this.task = task;
        this.result = result;
        this.sample = sample;
    }

    /// @throws IllegalArgumentException where the result does not hold its document
    static LoggedResult of(TaskDefinition task, SampleResult result) {
        var questions = new HarnessSample.Questions(
                Objects.requireNonNullElse(result.getPrompt(), ""), result.getMessages(), result.getContinuations());
        return new LoggedResult(
                task, result, HarnessSample.of(task, questions, result.getDocIndex(), document(result)));
    }

    private static Map<String, @Nullable Object> document(SampleResult result) {
        try {
            Object document = result.getDocument() == null ? null : JsonValues.parse(result.getDocument());
            if (document instanceof Map<?, ?> map) {
                var values = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, value) -> values.put(String.valueOf(key), value));
                return values;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the document of result " + result.getDocumentId() + " is broken", e);
        }
        throw new IllegalArgumentException("the results of " + result.getRunId()
                + " do not hold their documents; submit with --capture full to export them");
    }

    /// Document, prompt and target hash.
    String hashes() {
        return sample.documentHash() + sample.promptHash() + sample.targetHash();
    }

    /// The line of one pipeline.
    Map<String, @Nullable Object> line(FilterPipeline filter) {
        List<Score> scores = scores(filter.getName());
        var outputs = new LinkedHashMap<String, Object>();
        outputs.put("resps", responses());
        outputs.put("filtered_resps", filtered(filter));
        outputs.put("filter", filter.getName());
        outputs.put("metrics", scores.stream().map(Score::getMetric).toList());
        var values = new LinkedHashMap<String, Object>();
        scores.forEach(score -> values.put(score.getMetric(), logged(score, filter)));
        return sample.line(outputs, values);
    }

    /// The scores of one pipeline, in the order in which lm-eval reports them.
    List<Score> scores(String filter) {
        var scores = new ArrayList<>(result.getScores().stream()
                .filter(score -> score.getFilter().equals(filter))
                .toList());
        if (task.requestType() != RequestType.GENERATE_UNTIL) {
            scores.sort(Comparator.comparingInt(score -> Math.floorMod(ORDER.indexOf(score.getMetric()), 100)));
        }
        scores.sort(Comparator.comparing(score -> !isLogged(score, "first")));
        return scores;
    }

    // Of each question the answers, one for each repeat; everything as text.
    private List<?> responses() {
        if (task.requestType() == RequestType.GENERATE_UNTIL) {
            return List.of(result.getOutputs().stream().map(LoggedResult::text).toList());
        }
        return answers().stream().map(List::of).toList();
    }

    private List<?> filtered(FilterPipeline filter) {
        if (task.requestType() != RequestType.GENERATE_UNTIL) {
            return answers();
        }
        List<String> texts = kept(filter.getName());
        boolean isOne = filter.getSteps().isEmpty()
                || filter.getSteps().getLast().getFunction().equals("take_first");
        return isOne ? texts : List.of(texts);
    }

    private List<String> kept(String filter) {
        return result.getFiltered().stream()
                .filter(filtered -> filtered.getFilter().equals(filter))
                .map(FilteredOutput::getValues)
                .findFirst()
                .orElse(List.of());
    }

    private List<?> answers() {
        boolean isRolling = task.requestType() == RequestType.LOGLIKELIHOOD_ROLLING;
        return result.getOutputs().stream()
                .map(output -> isRolling
                        ? Python.str(output.getLogLikelihood())
                        : List.of(Python.str(output.getLogLikelihood()), Python.str(output.getIsGreedy())))
                .toList();
    }

    private static String text(Output output) {
        return Objects.requireNonNullElse(output.getText(), "");
    }

    private Object logged(Score score, FilterPipeline filter) {
        return switch (task.requestType()) {
            case LOGLIKELIHOOD -> score.getMetric().equals("acc") ? (Object) (long) score.getValue() : score.getValue();
            case LOGLIKELIHOOD_ROLLING ->
                score.getStatistics().size() == 2
                        ? List.of(score.getValue(), (long)
                                (double) score.getStatistics().getLast())
                        : score.getValue();
            case MULTIPLE_CHOICE -> ofChoices(score);
            case GENERATE_UNTIL -> ofText(score, filter);
        };
    }

    private Object ofChoices(Score score) {
        return switch (score.getMetric()) {
            case "exact_match" -> (long) score.getValue();
            case "f1", "mcc" -> score.getStatistics().isEmpty() ? score.getValue() : List.of(gold(), mostLikely());
            case "brier_score" -> List.of(gold(), NumpyText.of(probabilities()));
            default -> score.getValue();
        };
    }

    private boolean isLogged(Score score, String how) {
        return task.metrics().stream()
                .filter(metric -> metric.name().equals(score.getMetric()))
                .anyMatch(
                        metric -> metric.arguments().contains("\"%s\":\"%s\"".formatted(ScriptedMetrics.LOGGED, how)));
    }

    private Object ofText(Score score, FilterPipeline filter) {
        if (isLogged(score, "truth")) {
            return score.getValue() == 1;
        }
        boolean isCorpus = List.of("bleu", "chrf", "chrf++", "ter").contains(score.getMetric());
        List<String> texts = kept(filter.getName());
        return isCorpus && !texts.isEmpty() && !result.getTargets().isEmpty()
                ? List.of(result.getTargets().getFirst(), texts.getFirst())
                : score.getValue();
    }

    // A document's true or false, which for Python are 1 and 0, is logged as it is.
    private Object gold() {
        long gold = result.getGoldChoices().isEmpty()
                ? NO_GOLD
                : result.getGoldChoices().getFirst();
        return sample.target() instanceof Boolean is && gold == (is ? 1 : 0) ? is : (Object) gold;
    }

    private long mostLikely() {
        int best = 0;
        for (int i = 1; i < result.getChoices().size(); i++) {
            best = logLikelihood(i) > logLikelihood(best) ? i : best;
        }
        return best;
    }

    private double[] probabilities() {
        double largest = logLikelihood((int) mostLikely());
        double[] sizes = IntStream.range(0, result.getChoices().size())
                .mapToDouble(choice -> Math.exp(logLikelihood(choice) - largest))
                .toArray();
        double sum = Arrays.stream(sizes).sum();
        return Arrays.stream(sizes).map(size -> size / sum).toArray();
    }

    private double logLikelihood(int choice) {
        return Objects.requireNonNullElse(result.getOutputs().get(choice).getLogLikelihood(), Double.NEGATIVE_INFINITY);
    }
}
