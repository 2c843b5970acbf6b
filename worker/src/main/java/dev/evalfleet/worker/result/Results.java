package dev.evalfleet.worker.result;

import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.Continuation;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.worker.model.Inference;
import dev.evalfleet.worker.scoring.SampleScorer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Results from what came out of a sample; holds as much text as the sample's capture allows.
public final class Results {

    private final String worker;
    private final Capture most;

    /// @param most text kept, whatever the sample asks for
    public Results(String worker, Capture most) {
        this.worker = worker;
        this.most = most;
    }

    public SampleResult scored(Inference inference, String origin, SampleScorer.Scored scored) {
        Text text = text(inference.sample());
        return common(inference, origin)
                .setStatus(SampleStatus.SCORED)
                .setFiltered(text.filtered(scored.filtered()))
                .setScores(scored.scores())
                .build();
    }

    public SampleResult failed(Inference inference, String origin, Failure failure) {
        return common(inference, origin)
                .setStatus(SampleStatus.FAILED)
                .setFailure(text(inference.sample()).failure(failure, inference))
                .build();
    }

    // The enum goes from everything to nothing.
    private Text text(Sample sample) {
        return new Text(sample.getCapture().compareTo(most) > 0 ? sample.getCapture() : most);
    }

    /// The same outcome as a failure, without any text.
    static SampleResult withoutText(SampleResult result, Failure failure) {
        return SampleResult.newBuilder(result)
                .setStatus(SampleStatus.FAILED)
                .setFailure(failure)
                .setOutputs(List.of())
                .setFiltered(List.of())
                .setScores(List.of())
                .setPrompt(null)
                .setMessages(List.of())
                .setContinuations(List.of())
                .setChoices(List.of())
                .setTargets(List.of())
                .setDocument(null)
                .build();
    }

    private SampleResult.Builder common(Inference inference, String origin) {
        Sample sample = inference.sample();
        Text text = text(sample);
        return SampleResult.newBuilder()
                .setRunId(sample.getRunId())
                .setRequestId(sample.getRequestId())
                .setTask(sample.getTask())
                .setModel(sample.getModel())
                .setVariant(sample.getVariant())
                .setDocumentId(sample.getDocumentId())
                .setDocIndex(sample.getDocIndex())
                .setPosition(sample.getPosition())
                .setRole(sample.getRole())
                .setPairGroup(sample.getPairGroup())
                .setDatasetFingerprint(sample.getDatasetFingerprint())
                .setSlices(sample.getSlices())
                .setClusterId(sample.getClusterId())
                .setRequestType(sample.getRequestType())
                .setOutputs(text.outputs(inference.outputs()))
                .setPrompt(text.of(sample.getPrompt()))
                .setMessages(text.messages(sample.getMessages()))
                .setContinuations(text.continuations(sample.getContinuations()))
                .setChoices(text.each(sample.getChoices()))
                .setTargets(text.each(sample.getTargets()))
                .setGoldChoices(sample.getGoldChoices())
                .setDocument(text.of(sample.getDocument()))
                .setPromptTokens(inference.promptTokens())
                .setOutputTokens(inference.outputTokens())
                .setLatencyMs(inference.latencyMs())
                .setTimeToFirstTokenMs(inference.timeToFirstTokenMs())
                .setAttempts(inference.attempts())
                .setWorker(worker)
                .setEndpoint(inference.endpoint())
                .setOrigin(origin)
                .setCompletedAt(Instant.now());
    }

    /// Text as it is, as its SHA-256, or left out.
    private record Text(Capture capture) {

        @Nullable
        String of(@Nullable String text) {
            if (text == null || capture == Capture.NONE) {
                return null;
            }
            return capture == Capture.FULL ? text : sha256(text);
        }

        List<String> each(List<String> texts) {
            return switch (capture) {
                case FULL -> texts;
                case HASH -> texts.stream().map(Text::sha256).toList();
                case NONE -> List.of();
            };
        }

        List<FilteredOutput> filtered(List<FilteredOutput> outputs) {
            return outputs.stream()
                    .map(output -> new FilteredOutput(output.getFilter(), each(output.getValues())))
                    .toList();
        }

        List<Message> messages(List<Message> messages) {
            return kept(messages, message -> new Message(message.getRole(), sha256(message.getContent())));
        }

        List<Continuation> continuations(List<Continuation> continuations) {
            return kept(
                    continuations, question -> new Continuation(of(question.getContext()), sha256(question.getText())));
        }

        List<Output> outputs(List<Output> outputs) {
            return outputs.stream().map(this::output).toList();
        }

        private Output output(Output output) {
            String text = output.getText();
            if (capture == Capture.FULL || text == null) {
                return output;
            }
            return Output.newBuilder(output)
                    .setText(null)
                    .setTextHash(capture == Capture.HASH ? sha256(text) : null)
                    .build();
        }

        /// Servers and scorers sometimes repeat what they were given.
        Failure failure(Failure failure, Inference inference) {
            return capture == Capture.FULL || !Quoted.isIn(failure.getCause(), inference)
                    ? failure
                    : new Failure(
                            failure.getKind(),
                            "left out, as it repeats text that is not captured (capture " + capture + ")",
                            failure.getCode());
        }

        private <T> List<T> kept(List<T> values, UnaryOperator<T> hashed) {
            return switch (capture) {
                case FULL -> values;
                case HASH -> values.stream().map(hashed).toList();
                case NONE -> List.of();
            };
        }

        private static String sha256(String text) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        }
    }
}
