package dev.evalfleet.local.report;

import dev.evalfleet.local.view.Table;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.SampleResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes results as they are read.
public sealed interface ResultsWriter {

    /// How results are written.
    enum Format {
        JSONL,
        CSV,
        TABLE,
        /// lm-eval's own files, which [dev.evalfleet.local.harness.HarnessExport] writes.
        LM_EVAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    void write(SampleResult result);

    default void end() {}

    static ResultsWriter of(Format format, PrintWriter out) {
        return switch (format) {
            case JSONL -> new Jsonl(out);
            case CSV -> Csv.begin(out);
            case LM_EVAL -> throw new IllegalArgumentException("lm-eval's files are more than one");
            case TABLE ->
                new Rows(
                        out,
                        new Table(
                                "task",
                                "model",
                                ">position",
                                "document",
                                "status",
                                "prompt",
                                "output",
                                "target",
                                "scores"));
        };
    }

    /// Every field, one result a line.
    record Jsonl(PrintWriter out) implements ResultsWriter {
        @Override
        public void write(SampleResult result) {
            out.println(RecordJson.of(result));
        }
    }

    /// The fields a spreadsheet can use; one column for all scores.
    record Csv(PrintWriter out) implements ResultsWriter {

        private static Csv begin(PrintWriter out) {
            out.println(
                    "run,task,model,variant,document,position,status,prompt,output,target,scores,prompt_tokens,output_tokens,latency_ms,attempts,failure,scored_by");
            return new Csv(out);
        }

        @Override
        public void write(SampleResult result) {
            List<String> cells = List.of(
                    result.getRunId(),
                    result.getTask(),
                    result.getModel(),
                    text(result.getVariant()),
                    result.getDocumentId(),
                    String.valueOf(result.getPosition()),
                    status(result),
                    prompt(result),
                    answer(result),
                    String.join(" | ", result.getTargets()),
                    scores(result),
                    String.valueOf(result.getPromptTokens()),
                    String.valueOf(result.getOutputTokens()),
                    String.format(Locale.ROOT, "%.3f", result.getLatencyMs()),
                    String.valueOf(result.getAttempts()),
                    failure(result),
                    result.getScoredBy() == null ? result.getRunId() : result.getScoredBy());
            out.println(cells.stream().map(Csv::quoted).collect(Collectors.joining(",")));
        }

        private static String quoted(String cell) {
            boolean isPlain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            return isPlain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
        }
    }

    /// What fits on a screen.
    record Rows(PrintWriter out, Table table) implements ResultsWriter {

        private static final int WIDEST = 40;

        @Override
        public void write(SampleResult result) {
            table.row(
                    result.getTask(),
                    result.getModel(),
                    String.valueOf(result.getPosition()),
                    result.getDocumentId(),
                    status(result),
                    brief(prompt(result)),
                    brief(result.getFailure() == null ? answer(result) : failure(result)),
                    brief(String.join(" | ", result.getTargets())),
                    scores(result));
        }

        @Override
        public void end() {
            table.print(out);
        }

        /// The end of a long text: that is where the question is.
        private static String brief(String text) {
            String line = text.replace("\n", "\\n");
            return line.length() <= WIDEST ? line : "…" + line.substring(line.length() - WIDEST + 1);
        }
    }

    private static String status(SampleResult result) {
        return result.getStatus().name().toLowerCase(Locale.ROOT);
    }

    private static String prompt(SampleResult result) {
        return result.getMessages().isEmpty()
                ? text(result.getPrompt())
                : result.getMessages().stream()
                        .map(message -> message.getContent())
                        .collect(Collectors.joining("\n"));
    }

    /// The texts, or the choice that is most likely.
    private static String answer(SampleResult result) {
        List<Output> outputs = result.getOutputs();
        return outputs.stream()
                .map(output -> output.getLogLikelihood() == null
                        ? text(output.getText())
                        : String.format(Locale.ROOT, "%.3f", output.getLogLikelihood()))
                .collect(Collectors.joining(" | "));
    }

    private static String scores(SampleResult result) {
        return result.getScores().stream()
                .map(score -> score.getMetric()
                        + (score.getFilter().equals("none") ? "" : "," + score.getFilter())
                        + "=" + String.format(Locale.ROOT, "%.4g", score.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String failure(SampleResult result) {
        Failure failure = result.getFailure();
        return failure == null ? "" : failure.getKind() + " " + failure.getCode() + ": " + failure.getCause();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
