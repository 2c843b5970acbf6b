package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.prompt.HarnessSample;
import dev.evalfleet.producer.prompt.PromptSettings;
import dev.evalfleet.producer.prompt.SampleRenderer;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The documents of a task and what is asked about them, without a request and without a model.
public final class TaskRendering implements AutoCloseable {
    private final TaskData data;
    private final SampleRenderer renderer;

    private final int shots;

    private TaskRendering(TaskData data, SampleRenderer renderer, int shots) {
        this.shots = shots;
        this.data = data;
        this.renderer = renderer;
    }

    /// How the prompts are made, as far as it is not the task that says so.
    ///
    /// @param numFewshot null: as the task says. A task that says 0 means it
    /// @param limit as lm-eval's: the first so many documents, below 1 a share of them; null: all
    public record Options(
            @Nullable Integer numFewshot,
            long fewshotSeed,
            boolean chat,
            @Nullable Boolean fewshotAsMultiturn,
            @Nullable String systemInstruction,
            @Nullable Double limit) {

        /// lm-eval's own choices.
        public static final Options DEFAULT = new Options(null, 1234, false, null, null, null);

        private PromptSettings settings(TaskDefinition task) {
            boolean isFixed = Objects.equals(task.numFewshot(), 0);
            return new PromptSettings(
                    task.shots(isFixed ? null : numFewshot),
                    fewshotSeed,
                    chat,
                    Objects.requireNonNullElse(fewshotAsMultiturn, chat),
                    systemInstruction);
        }
    }

    /// @throws DatasetException where the data cannot be had
    /// @throws IllegalArgumentException where there are too few examples, or an argument of the task is wrong
    public static TaskRendering open(SpoolStore spools, TaskDefinition task, Options options) throws DatasetException {
        PromptSettings settings = options.settings(task);
        TaskData data = TaskData.open(spools, task, settings.shots(), options.limit());
        try {
            return new TaskRendering(
                    data,
                    new SampleRenderer(task, settings, data.documents().spool(), data.examples()),
                    settings.shots());
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    public int size() {
        return data.documents().spool().size();
    }

    /// @throws dev.evalfleet.producer.template.TemplateException where the document does not fit the task
    public HarnessSample at(int row) {
        return renderer.logged(row);
    }

    /// The sample of a document under a plan, as it would be sent.
    public Sample sample(RunPlan plan, int row) {
        return renderer.sample(plan, row, row);
    }

    /// Examples in each prompt.
    public int shots() {
        return shots;
    }

    /// Where a document was read, for messages.
    public String where(int row) {
        return data.documents().spool().where(row);
    }

    @Override
    public void close() {
        data.close();
    }
}
