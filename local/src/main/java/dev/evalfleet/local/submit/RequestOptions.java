package dev.evalfleet.local.submit;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.RequestFile;
import dev.evalfleet.local.client.RequestId;
import dev.evalfleet.schemas.BaselineWord;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What to evaluate: a request file, flags, or both; flags win.
final class RequestOptions {

    @Option(
            names = {"--file", "-f"},
            paramLabel = "FILE",
            description = "A request as YAML or JSON; its keys are the fields of an EvalRequest.")
    private @Nullable Path file;

    @Option(
            names = {"--tasks", "-t"},
            split = ",",
            paramLabel = "TASK",
            description = "Tasks, groups or tags, with commas between them ('evalfleet tasks list').")
    private List<String> tasks = new ArrayList<>();

    @Option(
            names = {"--models", "--model", "-m"},
            split = ",",
            paramLabel = "MODEL",
            description = "Models to evaluate ('evalfleet models').")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--baseline",
            paramLabel = "MODEL|RUN|NAME",
            description =
                    "What the others are compared with: one of the models, an earlier run's id, or a named baseline.")
    private @Nullable String baseline;

    @Option(
            names = {"--limit", "-L"},
            paramLabel = "N",
            description = "Only the first N documents of each task; below 1, that share of them.")
    private @Nullable Double limit;

    @Option(
            names = "--num-fewshot",
            paramLabel = "N",
            description = "Few-shot examples, instead of what the tasks say.")
    private @Nullable Integer numFewshot;

    @Option(
            names = "--fewshot-seed",
            paramLabel = "SEED",
            description = "Seed of the few-shot draws. Default: 1234, as in lm-eval.")
    private @Nullable Long fewshotSeed;

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the order of the samples.")
    private @Nullable Long seed;

    @Option(names = "--repeats", paramLabel = "N", description = "Answers per document, instead of what the tasks say.")
    private @Nullable Integer repeats;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Share of the pools this request gets beside others. Default: 1.")
    private @Nullable Integer priority;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "A label to find the request by; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--system-instruction",
            paramLabel = "TEXT",
            description = "System message, put before every prompt.")
    private @Nullable String systemInstruction;

    @Option(
            names = "--chat",
            negatable = true,
            description = "Send prompts as chat messages (lm-eval's --apply_chat_template).")
    private @Nullable Boolean chat;

    @Option(names = "--fewshot-as-multiturn", negatable = true, description = "Few-shot examples as turns of the chat.")
    private @Nullable Boolean fewshotAsMultiturn;

    @Option(
            names = "--gen-kwargs",
            paramLabel = "JSON|K=V,...",
            description = "Generation arguments that replace the tasks', for example temperature=0.7,top_p=0.9.")
    private @Nullable String generation;

    @Option(
            names = "--capture",
            paramLabel = "full|hash|none",
            description = "How much of prompts and outputs is kept with the results. Default: full.")
    private @Nullable Capture capture;

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "Identity of the request: the same id twice is the same request.")
    private @Nullable String requestId;

    @Mixin
    private GateOptions gates = new GateOptions();

    List<String> models() {
        return models;
    }

    /// Whether the flags say anything about what to evaluate.
    boolean isEmpty() {
        return file == null && tasks.isEmpty() && models.isEmpty();
    }

    EvalRequest request() {
        EvalRequest.Builder request = EvalRequest.newBuilder()
                .setRequestId("")
                .setTasks(new ArrayList<>())
                .setModels(new ArrayList<>());
        if (file != null) {
            RequestFile.readInto(request, file);
        }
        whatToAsk(request);
        howToAsk(request);
        gates.addTo(request);
        if (request.getRequestId().isEmpty()) {
            request.setRequestId(RequestId.random(""));
        }
        request.setSubmittedAt(Instant.now());
        if (request.getSubmittedBy() == null) {
            request.setSubmittedBy(System.getProperty("user.name"));
        }
        EvalRequest built = request.build();
        requireSome(built.getTasks().isEmpty() && built.getInlineTasks().isEmpty(), "--tasks", "tasks");
        requireSome(built.getModels().isEmpty(), "--models", "models");
        return built;
    }

    private void whatToAsk(EvalRequest.Builder request) {
        if (!tasks.isEmpty()) {
            request.setTasks(tasks);
        }
        if (!models.isEmpty()) {
            request.setModels(models);
        }
        if (baseline != null) {
            request.setBaseline(BaselineWord.of(baseline, request.getModels()));
        }
        if (limit != null) {
            request.setLimit(limit);
        }
        if (requestId != null) {
            request.setRequestId(requestId);
        }
        if (priority != null) {
            request.setPriority(priority);
        }
        if (seed != null) {
            request.setSeed(seed);
        }
        if (!labels.isEmpty()) {
            Map<String, String> all = new LinkedHashMap<>(request.hasLabels() ? request.getLabels() : Map.of());
            all.putAll(labels);
            request.setLabels(all);
        }
    }

    private void howToAsk(EvalRequest.Builder request) {
        if (numFewshot != null) {
            request.setNumFewshot(numFewshot);
        }
        if (fewshotSeed != null) {
            request.setFewshotSeed(fewshotSeed);
        }
        if (repeats != null) {
            request.setRepeats(repeats);
        }
        if (systemInstruction != null) {
            request.setSystemInstruction(systemInstruction);
        }
        if (chat != null) {
            request.setChat(chat);
        }
        if (fewshotAsMultiturn != null) {
            request.setFewshotAsMultiturn(fewshotAsMultiturn);
        }
        if (generation != null) {
            request.setGeneration(GenerationArguments.parse(generation));
        }
        if (capture != null) {
            request.setCapture(capture);
        }
    }

    private static void requireSome(boolean isMissing, String flag, String field) {
        if (isMissing) {
            throw CommandException.usage(
                    "The request names no " + field + ": give " + flag + ", or " + field + ": in the --file.");
        }
    }
}
