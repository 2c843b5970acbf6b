package dev.evalfleet.local.harness;

import dev.evalfleet.aggregator.stats.corpus.HarnessScore;
import dev.evalfleet.aggregator.stats.corpus.ScoredSample;
import dev.evalfleet.producer.prompt.HarnessSample;
import dev.evalfleet.producer.python.PythonJson;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The results of one run, brought into the order of their documents. Lines wait in a file; what is kept in memory of
/// a result are its scores and hashes.
final class TaskLog implements Closeable {
    private final RunPlan plan;
    private final TaskDefinition task;
    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();
    private long end;
    private long failed;

    // Where the lines of a result stand, one after the other.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(long document, String hashes, long offset, int[] lengths, List<List<Score>> scores) {}

    /// One value that lm-eval reports.
    record Figure(String metric, String filter, HarnessScore score, boolean higherIsBetter) {}

    TaskLog(RunPlan plan, TaskDefinition task) throws IOException {
        this.plan = plan;
        this.task = task;
        this.file = Files.createTempFile("evalfleet-samples-", ".jsonl");
        this.channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    RunPlan plan() {
        return plan;
    }

    TaskDefinition task() {
        return task;
    }

    /// @throws IllegalArgumentException where the result does not hold its document
    void add(SampleResult result) throws IOException {
        if (result.getStatus() != SampleStatus.SCORED) {
            failed++;
            return;
        }
        LoggedResult logged = LoggedResult.of(task, result);
        int[] lengths = new int[task.filters().size()];
        var scores = new ArrayList<List<Score>>();
        long offset = end;
        for (int i = 0; i < lengths.length; i++) {
            FilterPipeline filter = task.filters().get(i);
            byte[] line = (PythonJson.line(logged.line(filter)) + "\n").getBytes(StandardCharsets.UTF_8);
            for (ByteBuffer left = ByteBuffer.wrap(line); left.hasRemaining(); ) {
                end += channel.write(left, end);
            }
            lengths[i] = line.length;
            scores.add(logged.scores(filter.getName()));
        }
        entries.add(new Entry(result.getDocIndex(), logged.hashes(), offset, lengths, scores));
    }

    long scored() {
        return entries.size();
    }

    /// Results without an answer; lm-eval knows none such, so they are in no file.
    long failed() {
        return failed;
    }

    /// To be called when every result is there.
    void sort() {
        entries.sort(Comparator.comparingLong(Entry::document));
    }

    /// Every line of the first pipeline, then of the second.
    void write(OutputStream out) throws IOException {
        for (int filter = 0; filter < task.filters().size(); filter++) {
            for (Entry entry : entries) {
                long from = entry.offset();
                for (int before = 0; before < filter; before++) {
                    from += entry.lengths()[before];
                }
                ByteBuffer line = ByteBuffer.allocate(entry.lengths()[filter]);
                while (line.hasRemaining() && channel.read(line, from + line.position()) >= 0) {
                    // to the end of the line
                }
                out.write(line.array());
            }
        }
    }

    /// lm-eval's task hash: of the hashes of all lines.
    String hash() {
        var all = new StringBuilder();
        for (int filter = 0; filter < task.filters().size(); filter++) {
            entries.forEach(entry -> all.append(entry.hashes()));
        }
        return HarnessSample.hash(all.toString());
    }

    /// @param iterations of the bootstrap; 0: no standard errors
    List<Figure> figures(int iterations) {
        var figures = new ArrayList<Figure>();
        for (int i = 0; i < task.filters().size(); i++) {
            int filter = i;
            String name = task.filters().get(i).getName();
            var byMetric = new LinkedHashMap<String, List<ScoredSample>>();
            entries.forEach(entry -> entry.scores().get(filter).forEach(score -> byMetric.computeIfAbsent(
                            score.getMetric(), _ -> new ArrayList<>())
                    .add(ScoredSample.of(score))));
            for (Map.Entry<String, List<ScoredSample>> metric : byMetric.entrySet()) {
                TaskDefinition.MetricSettings settings = settings(metric.getKey());
                CorpusMetric aggregation = CorpusMetric.named(settings == null ? "mean" : settings.aggregation())
                        .orElse(CorpusMetric.MEAN);
                figures.add(new Figure(
                        metric.getKey(),
                        name,
                        HarnessScore.of(metric.getKey(), aggregation, metric.getValue(), iterations),
                        settings == null || settings.higherIsBetter()));
            }
        }
        return figures;
    }

    private TaskDefinition.@Nullable MetricSettings settings(String metric) {
        return task.metrics().stream()
                .filter(one -> one.name().equals(metric))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
