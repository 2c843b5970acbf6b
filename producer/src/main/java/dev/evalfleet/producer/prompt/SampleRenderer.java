package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Continuation;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// document + task -> [Sample]. Used by one thread at a time.
public final class SampleRenderer {
    private static final int EXAMPLES_KEPT = 2048;

    private final TaskDefinition task;
    private final Spool documents;
    private final Examples examples;
    private final FewShot fewShot;
    private final PromptAssembly assembly;
    private final GenerationParams generation;
    private final List<SampleMetric> metrics;
    private final Map<Integer, PromptAssembly.Example> shown = new LinkedHashMap<>(64, 0.75f, true);

    public SampleRenderer(TaskDefinition task, PromptSettings settings, Spool documents, Examples examples) {
        this.task = task;
        this.documents = documents;
        this.examples = examples;
        this.fewShot = FewShot.draw(task, settings, documents, examples);
        this.assembly = new PromptAssembly(task, settings);
        this.generation = Generation.of(task.generation());
        this.metrics = task.metrics().stream()
                .map(metric -> SampleMetric.newBuilder()
                        .setName(metric.name())
                        .setArguments(metric.arguments())
                        .build())
                .toList();
    }

    /// The prompt of a document, as plain text.
    public String prompt(int row) {
        Map<String, @Nullable Object> document = documents.at(row);
        return task.requestType() == RequestType.LOGLIKELIHOOD_ROLLING
                ? asked(document).exampleAnswer()
                : prompt(row, document, asked(document)).text();
    }

    /// @throws dev.evalfleet.producer.template.TemplateException where the document does not fit the task
    public Sample sample(RunPlan plan, int row, long position) {
        Map<String, @Nullable Object> document = documents.at(row);
        Asked asked = asked(document);
        boolean rolling = task.requestType() == RequestType.LOGLIKELIHOOD_ROLLING;
        PromptAssembly.Prompt prompt =
                rolling ? new PromptAssembly.Prompt(asked.exampleAnswer(), List.of()) : prompt(row, document, asked);
        return Sample.newBuilder()
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setVariant(plan.getVariant())
                .setDocumentId(documents.documentIds().get(row))
                .setDocIndex(row)
                .setPosition(position)
                .setRole(plan.getRole())
                .setPairGroup(plan.getPairGroup())
                .setDatasetFingerprint(plan.getDatasetFingerprint())
                .setRequestType(task.requestType())
                .setPrompt(prompt.text())
                .setMessages(prompt.messages())
                .setContinuations(continuations(asked, document, prompt.text()))
                .setChoices(asked.choices())
                .setTargets(targets(asked))
                .setGoldChoices(task.requestType() == RequestType.MULTIPLE_CHOICE ? asked.gold() : List.of())
                .setGeneration(generation)
                .setRepeats(task.repeats())
                .setFilters(task.filters())
                .setMetrics(metrics)
                .setSlices(slices(document))
                .setClusterId(cluster(task, document))
                .setDocument(JsonValues.text(document))
                .setCapture(plan.getCapture())
                .setCreatedAt(Instant.now())
                .build();
    }

    /// The cluster a document belongs to; null when the task has none.
    static @Nullable String cluster(TaskDefinition task, Map<String, @Nullable Object> document) {
        return task.cluster() == null ? null : Python.str(document.get(task.cluster()));
    }

    private Asked asked(Map<String, @Nullable Object> document) {
        return Asked.of(document, task.question(), task.target(), task.choices());
    }

    private PromptAssembly.Prompt prompt(int row, Map<String, @Nullable Object> document, Asked asked) {
        var shots = new ArrayList<PromptAssembly.Example>();
        for (int index : fewShot.of(row)) {
            shots.add(example(index));
        }
        return assembly.of(document, shots, asked.question());
    }

    private PromptAssembly.Example example(int index) {
        PromptAssembly.Example known = shown.get(index);
        if (known != null) {
            return known;
        }
        var settings = task.fewShot();
        Asked asked = Asked.of(
                examples.at(index),
                settings.question() == null ? task.question() : settings.question(),
                settings.target() == null ? task.target() : settings.target(),
                settings.choices() == null ? task.choices() : settings.choices());
        var example = new PromptAssembly.Example(asked.exampleQuestion(), asked.exampleAnswer());
        shown.put(index, example);
        if (shown.size() > EXAMPLES_KEPT) {
            shown.remove(shown.keySet().iterator().next());
        }
        return example;
    }

    private List<Continuation> continuations(Asked asked, Map<String, @Nullable Object> document, String prompt) {
        return switch (task.requestType()) {
            case MULTIPLE_CHOICE -> choices(asked, assembly.choiceDelimiter(document), prompt);
            case LOGLIKELIHOOD -> List.of(continuation(null, asked.exampleAnswer()));
            case GENERATE_UNTIL, LOGLIKELIHOOD_ROLLING -> List.of();
        };
    }

    private List<Continuation> choices(Asked asked, String delimiter, String prompt) {
        var continuations = new ArrayList<Continuation>();
        for (String choice : asked.choices()) {
            continuations.add(
                    asked.input() == null
                            ? continuation(null, delimiter + choice)
                            : continuation(prompt + choice, delimiter + Python.str(asked.target())));
        }
        if (task.metrics().stream().anyMatch(metric -> metric.name().equals("acc_mutual_info"))) {
            asked.choices().forEach(choice -> continuations.add(continuation("", delimiter + choice)));
        }
        return continuations;
    }

    private static Continuation continuation(@Nullable String context, String text) {
        return Continuation.newBuilder().setContext(context).setText(text).build();
    }

    private List<String> targets(Asked asked) {
        if (task.requestType() != RequestType.MULTIPLE_CHOICE) {
            return asked.references();
        }
        return asked.gold().stream().map(asked.choices()::get).toList();
    }

    /// `column=value` of every slice column the document has a value for.
    private List<String> slices(Map<String, @Nullable Object> document) {
        return slices(task, document);
    }

    public static List<String> slices(TaskDefinition task, Map<String, @Nullable Object> document) {
        return task.slices().stream()
                .filter(column -> document.get(column) != null)
                .map(column -> column + "=" + Python.str(document.get(column)))
                .toList();
    }
}
