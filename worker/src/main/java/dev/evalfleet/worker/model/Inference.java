package dev.evalfleet.worker.model;

import dev.evalfleet.schemas.avro.Continuation;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All the answers of one sample, gathered one after the other.
public final class Inference {

    private static final long LONGEST_ANSWER = 1_000_000;
    private static final long MOST_CHARACTERS = 16_000_000;

    private final Sample sample;
    private final List<Output> outputs = new ArrayList<>();
    private long promptTokens;
    private long outputTokens;
    private Duration took = Duration.ZERO;
    private @Nullable Duration timeToFirstToken;
    private @Nullable String endpoint;
    private int calls;
    private int attempts;
    private long characters;
    private @Nullable Failure failure;

    private Inference(Sample sample) {
        this.sample = sample;
    }

    /// Null when it was given up.
    public static @Nullable Inference of(Sample sample, ServedModel model, Cancellation cancellation)
            throws InterruptedException {
        Inference inference = new Inference(sample);
        List<ServedModel.Call> calls = inference.calls();
        for (ServedModel.Call call : calls) {
            if (inference.failure == null && !inference.ask(model, call, cancellation)) {
                return null;
            }
        }
        return inference;
    }

    private boolean ask(ServedModel model, ServedModel.Call call, Cancellation cancellation)
            throws InterruptedException {
        calls++;
        return switch (model.ask((backend, attempt) -> call.on(backend.forSample(sample), attempt), cancellation)) {
            case Asked.Answered(var answer, var tried) -> {
                attempts += tried;
                add(answer);
                yield true;
            }
            case Asked.Failed(var why, var tried) -> {
                attempts += tried;
                failure = why;
                yield true;
            }
            case Asked.GivenUp _ -> false;
        };
    }

    private void add(Completion.Answered answer) {
        if (isTooLong(answer)) {
            return;
        }
        outputs.addAll(answer.outputs());
        promptTokens += answer.promptTokens();
        outputTokens += answer.outputTokens();
        took = took.plus(answer.took());
        endpoint = answer.endpoint();
        if (timeToFirstToken == null) {
            timeToFirstToken = answer.timeToFirstToken();
        }
    }

    // Filters and metrics take time and memory by the length of what they get.
    private boolean isTooLong(Completion.Answered answer) {
        for (Output output : answer.outputs()) {
            long length = output.getText() == null ? 0 : output.getText().length();
            characters += length;
            if (length > LONGEST_ANSWER || characters > MOST_CHARACTERS) {
                failure = new Failure(
                        FailureKind.MODEL,
                        "the model wrote %d characters, %d for this sample; at most %d and %d are scored. Set max_gen_toks"
                                .formatted(length, characters, LONGEST_ANSWER, MOST_CHARACTERS),
                        "answer_too_large");
                return true;
            }
        }
        return false;
    }

    private List<ServedModel.Call> calls() {
        return switch (sample.getRequestType()) {
            case GENERATE_UNTIL -> generations();
            case MULTIPLE_CHOICE, LOGLIKELIHOOD -> likelihoods();
            case LOGLIKELIHOOD_ROLLING -> {
                String text = sample.getContinuations().isEmpty()
                        ? sample.getPrompt()
                        : sample.getContinuations().getFirst().getText();
                yield List.of((backend, cancellation) -> backend.rollingLogLikelihood(text, cancellation));
            }
        };
    }

    private List<ServedModel.Call> likelihoods() {
        if (sample.getContinuations().isEmpty()) {
            failure = new Failure(
                    FailureKind.INFRASTRUCTURE,
                    "the sample is " + sample.getRequestType() + " and has no continuations",
                    "bad_sample");
            return List.of();
        }
        List<Question> questions =
                sample.getContinuations().stream().map(this::question).toList();
        return List.of((backend, cancellation) -> backend.logLikelihoods(questions, cancellation));
    }

    private Question question(Continuation continuation) {
        String context = continuation.getContext();
        return new Question(context == null ? sample.getPrompt() : context, continuation.getText());
    }

    private List<ServedModel.Call> generations() {
        List<ServedModel.Call> generations = new ArrayList<>();
        for (int repeat = 0; repeat < Math.max(1, sample.getRepeats()); repeat++) {
            Generation request =
                    new Generation(sample.getPrompt(), sample.getMessages(), params(sample.getGeneration(), repeat));
            generations.add((backend, cancellation) -> backend.generate(request, cancellation));
        }
        return generations;
    }

    // With the same seed every repeat would be the same text.
    private static GenerationParams params(GenerationParams params, int repeat) {
        Long seed = params.getSeed();
        return repeat == 0 || seed == null
                ? params
                : GenerationParams.newBuilder(params).setSeed(seed + repeat).build();
    }

    public Sample sample() {
        return sample;
    }

    public List<Output> outputs() {
        return outputs;
    }

    public long promptTokens() {
        return promptTokens;
    }

    public long outputTokens() {
        return outputTokens;
    }

    public double latencyMs() {
        return took.toNanos() / 1e6;
    }

    public @Nullable Double timeToFirstTokenMs() {
        return timeToFirstToken == null ? null : timeToFirstToken.toNanos() / 1e6;
    }

    public @Nullable String endpoint() {
        return endpoint;
    }

    /// 1 when every call succeeded at once.
    public int attempts() {
        return Math.max(1, attempts - Math.max(0, calls - 1));
    }

    /// Why there is no answer; null when there is.
    public @Nullable Failure failure() {
        return failure;
    }
}
