package dev.evalfleet.worker;

import dev.evalfleet.schemas.avro.Continuation;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import java.time.Instant;
import java.util.List;

/// Samples as tests need them.
public final class Samples {

    private Samples() {}

    /// A question whose right answer is the target, scored by exact match.
    public static Sample.Builder generation(String documentId, String target) {
        return common(documentId)
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setTargets(List.of(target))
                .setMetrics(List.of(new SampleMetric("exact_match", "{}")));
    }

    /// Choices of which the one at `gold` is right, scored by accuracy.
    public static Sample.Builder multipleChoice(String documentId, int gold, String... choices) {
        List<Continuation> continuations = java.util.Arrays.stream(choices)
                .map(choice -> new Continuation(null, " " + choice))
                .toList();
        return common(documentId)
                .setRequestType(RequestType.MULTIPLE_CHOICE)
                .setChoices(List.of(choices))
                .setContinuations(continuations)
                .setGoldChoices(List.of(gold))
                .setMetrics(List.of(new SampleMetric("acc", "{}")));
    }

    private static Sample.Builder common(String documentId) {
        return Sample.newBuilder()
                .setRunId("request/task/model")
                .setRequestId("request")
                .setTask("task")
                .setModel("model")
                .setDocumentId(documentId)
                .setDocIndex(0)
                .setPosition(0)
                .setPairGroup("request/task")
                .setDatasetFingerprint("fingerprint")
                .setPrompt("Q: " + documentId + "\nA:")
                .setGeneration(GenerationParams.newBuilder()
                        .setUntil(List.of("\n"))
                        .setMaxTokens(16)
                        .build())
                .setCreatedAt(Instant.EPOCH);
    }
}
