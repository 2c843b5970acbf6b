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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    // as lm-eval, which goes by the first document
    private final boolean several;
    private final Map<Integer, PromptAssembly.Example> shown = new LinkedHashMap<>(64, 0.75f, true);

    public SampleRenderer(TaskDefinition task, PromptSettings settings, Spool documents, Examples examples) {
        this.task = task;
        this.documents = documents;
        this.examples = examples;
        this.fewShot = FewShot.draw(task, settings, documents, examples);
        this.assembly = new PromptAssembly(task, settings);
        this.generation = Generation.of(task.generation());
        this.several = documents.size() > 0 && Asked.hasSeveral(documents.at(0), task.target(), task.choices() != null);
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
        return prompt(row, document, asked(document)).text();
    }

    /// What lm-eval logs of a document.
    ///
    /// @throws dev.evalfleet.producer.template.TemplateException where the document does not fit the task
    public HarnessSample logged(int row) {
        Map<String, @Nullable Object> document = documents.at(row);
        Asked asked = asked(document);
        PromptAssembly.Prompt prompt = prompt(row, document, asked);
        var questions =
                new HarnessSample.Questions(prompt.text(), prompt.messages(), continuations(row, document, asked));
        return HarnessSample.of(task, questions, row, document);
    }

    /// @throws dev.evalfleet.producer.template.TemplateException where the document does not fit the task
    public Sample sample(RunPlan plan, int row, long position) {
        Map<String, @Nullable Object> document = documents.at(row);
        Asked asked = asked(document);
        PromptAssembly.Prompt prompt = prompt(row, document, asked);
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
                .setContinuations(continuations(row, document, asked))
                .setChoices(asked.choices())
                .setTargets(targets(asked))
                .setGoldChoices(task.requestType() == RequestType.MULTIPLE_CHOICE ? asked.gold(several) : List.of())
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

    // Where choices take the place of the question, what is common to them: all but the question.
    private PromptAssembly.Prompt prompt(int row, Map<String, @Nullable Object> document, Asked asked) {
        return task.requestType() == RequestType.LOGLIKELIHOOD_ROLLING
                ? new PromptAssembly.Prompt(Objects.requireNonNullElse(asked.answer(), ""), List.of())
                : assembly.of(document, shots(row), asked.question() == null ? "" : asked.question());
    }

    private List<PromptAssembly.Example> shots(int row) {
        return Arrays.stream(fewShot.of(row)).mapToObj(this::example).toList();
    }

    private PromptAssembly.Example example(int index) {
        PromptAssembly.Example known = shown.get(index);
        if (known != null) {
            return known;
        }
        var settings = task.fewShot();
        Map<String, @Nullable Object> document = examples.at(index);
        Asked asked = Asked.of(
                document,
                settings.question() == null ? task.question() : settings.question(),
                settings.target() == null ? task.target() : settings.target(),
                settings.choices() == null ? task.choices() : settings.choices());
        var example = new PromptAssembly.Example(
                asked.exampleQuestion(),
                asked.answer(),
                settings.genPrefix() == null ? "" : settings.genPrefix().textOf(document));
        shown.put(index, example);
        if (shown.size() > EXAMPLES_KEPT) {
            shown.remove(shown.keySet().iterator().next());
        }
        return example;
    }

    private List<Continuation> continuations(int row, Map<String, @Nullable Object> document, Asked asked) {
        return switch (task.requestType()) {
            case MULTIPLE_CHOICE -> choices(row, document, asked);
            case LOGLIKELIHOOD -> List.of(continuation(null, Objects.requireNonNullElse(asked.answer(), "")));
            case GENERATE_UNTIL, LOGLIKELIHOOD_ROLLING -> List.of();
        };
    }

    private List<Continuation> choices(int row, Map<String, @Nullable Object> document, Asked asked) {
        String delimiter = assembly.choiceDelimiter();
        var continuations = new ArrayList<Continuation>();
        for (String choice : asked.choices()) {
            continuations.add(
                    asked.input() == null
                            ? continuation(null, delimiter + choice)
                            : continuation(
                                    assembly.ofChoice(document, shots(row), choice)
                                            .text(),
                                    delimiter + Python.str(asked.target())));
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
            return asked.references(several);
        }
        return asked.gold(several).stream().map(asked.choices()::get).toList();
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
