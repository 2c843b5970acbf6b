package dev.evalfleet.local.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.tasks.RenderCases;
import dev.evalfleet.producer.plan.TaskRendering;
import dev.evalfleet.producer.python.PythonJson;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.worker.scoring.SampleScorer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// The cases of the suite: tasks, documents, and what lm-eval made of them.
final class Conformance implements AutoCloseable {
    private static final Path FOLDER = Path.of("src/test/resources/harness/conformance");
    private static final ObjectMapper JSON = new ObjectMapper();
    /// As in conformance.py.
    private static final int ITERATIONS = 2100;

    private final RenderCases tasks;

    private Conformance(RenderCases tasks) {
        this.tasks = tasks;
    }

    record Rendered(TaskDefinition task, List<JsonNode> lines) {}

    record Report(Map<String, List<JsonNode>> lines, JsonNode results) {}

    static Conformance open() throws IOException {
        return new Conformance(RenderCases.open(FOLDER.resolve("tasks")));
    }

    static List<JsonNode> cases() throws IOException {
        var cases = new ArrayList<JsonNode>();
        JSON.readTree(FOLDER.resolve("cases.json").toFile()).forEach(cases::add);
        return cases;
    }

    /// The folders of lm-eval that the tasks are from.
    static SortedSet<String> families() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER.resolve("tasks"))) {
            var names = new TreeSet<String>();
            folders.filter(Files::isDirectory)
                    .forEach(folder -> names.add(folder.getFileName().toString()));
            return names;
        }
    }

    static JsonNode golden(JsonNode one) throws IOException {
        Path file = FOLDER.resolve("golden").resolve(one.get("task").asText() + ".json.gz");
        try (InputStream packed = new GZIPInputStream(Files.newInputStream(file))) {
            return JSON.readTree(packed);
        }
    }

    private static Path documents(JsonNode one) {
        return FOLDER.resolve("data").resolve(one.get("task").asText() + ".jsonl");
    }

    private static TaskRendering.Options options(JsonNode one) {
        return new TaskRendering.Options(
                one.has("num_fewshot") ? one.get("num_fewshot").asInt() : null,
                1234,
                one.path("chat").asBoolean(),
                one.path("multiturn").asBoolean(),
                null,
                one.has("limit") ? one.get("limit").asDouble() : null);
    }

    List<Rendered> rendered(JsonNode one) throws Exception {
        var all = new ArrayList<Rendered>();
        for (RenderCases.Case task : tasks.of(one.get("task").asText(), documents(one), options(one))) {
            try (TaskRendering rendering = task.rendering()) {
                var lines = new ArrayList<JsonNode>();
                for (int row = 0; row < rendering.size(); row++) {
                    lines.add(JSON.readTree(PythonJson.line(rendering.at(row).line(Map.of(), Map.of()))));
                }
                all.add(new Rendered(task.task(), lines));
            }
        }
        return all;
    }

    /// What is written of results whose outputs are those that lm-eval logged.
    Report scored(JsonNode one, JsonNode logged) throws Exception {
        var logs = new ArrayList<TaskLog>();
        var lines = new LinkedHashMap<String, List<JsonNode>>();
        for (RenderCases.Case task : tasks.of(one.get("task").asText(), documents(one), options(one))) {
            try (TaskRendering rendering = task.rendering()) {
                RunPlan plan = plan(task, rendering);
                var log = new TaskLog(plan, task.task());
                logs.add(log);
                // in another order than that of the documents
                for (int row = rendering.size() - 1; row >= 0; row--) {
                    Sample sample = rendering.sample(plan, row);
                    log.add(result(
                            sample,
                            outputs(sample, logged.get(task.task().name()).get(row))));
                }
                log.sort();
                var written = new ByteArrayOutputStream();
                log.write(written);
                lines.put(task.task().name(), parsed(written.toString(StandardCharsets.UTF_8)));
            }
        }
        JsonNode results = JSON.readTree(PythonJson.line(ResultsFile.of(logs, ITERATIONS)));
        for (TaskLog log : logs) {
            log.close();
        }
        return new Report(lines, results);
    }

    private static List<JsonNode> parsed(String written) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (String line : written.lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static RunPlan plan(RenderCases.Case task, TaskRendering rendering) {
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId("r")
                .setRunId("r/" + task.task().name() + "/fixed")
                .setTask(task.task().name())
                .setModel("fixed")
                .setGroups(task.groups())
                .setNumFewshot(rendering.shots())
                .setExpectedSamples((long) rendering.size())
                .setPlannedAt(Instant.now())
                .build();
    }

    private static List<Output> outputs(Sample sample, JsonNode logged) {
        var outputs = new ArrayList<Output>();
        for (JsonNode question : logged.get("resps")) {
            for (JsonNode answer : question) {
                outputs.add(output(sample.getRequestType(), answer));
            }
        }
        return outputs;
    }

    private static Output output(RequestType type, JsonNode answer) {
        return switch (type) {
            case GENERATE_UNTIL -> Output.newBuilder().setText(answer.asText()).build();
            case LOGLIKELIHOOD_ROLLING ->
                Output.newBuilder().setLogLikelihood(answer.asDouble()).build();
            case LOGLIKELIHOOD, MULTIPLE_CHOICE ->
                Output.newBuilder()
                        .setLogLikelihood(answer.get(0).asDouble())
                        .setIsGreedy(answer.get(1).asText().equals("True"))
                        .build();
        };
    }

    private static SampleResult result(Sample sample, List<Output> outputs) {
        SampleScorer.Scored scored = SampleScorer.score(sample, outputs);
        return SampleResult.newBuilder()
                .setRunId(sample.getRunId())
                .setRequestId(sample.getRequestId())
                .setTask(sample.getTask())
                .setModel(sample.getModel())
                .setDocumentId(sample.getDocumentId())
                .setDocIndex(sample.getDocIndex())
                .setPosition(sample.getPosition())
                .setPairGroup(sample.getPairGroup())
                .setDatasetFingerprint(sample.getDatasetFingerprint())
                .setRequestType(sample.getRequestType())
                .setStatus(SampleStatus.SCORED)
                .setOutputs(outputs)
                .setFiltered(scored.filtered())
                .setScores(scored.scores())
                .setPrompt(sample.getPrompt())
                .setMessages(sample.getMessages())
                .setContinuations(sample.getContinuations())
                .setChoices(sample.getChoices())
                .setTargets(sample.getTargets())
                .setGoldChoices(sample.getGoldChoices())
                .setDocument(sample.getDocument())
                .setCompletedAt(Instant.now())
                .build();
    }

    @Override
    public void close() {
        tasks.close();
    }
}
