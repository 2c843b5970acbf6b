package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.aggregator.outcome.ScoreValue;
import dev.evalfleet.schemas.avro.BaselineScore;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import java.util.List;

/// A document's answer in a named baseline.
///
/// @param runId the run it was frozen from
record FrozenScore(String runId, Answer answer) {
    static final Codec<FrozenScore> CODEC = Codec.of(
            1,
            (score, out) -> {
                out.text(score.runId);
                score.answer.write(out);
            },
            in -> new FrozenScore(in.text(), Answer.read(in)));

    private static final String FAILED_BEFORE = "baseline";

    static FrozenScore of(BaselineScore score) {
        List<ScoreValue> scores = score.getScores().stream().map(ScoreValue::of).toList();
        Ending ending = score.getStatus() == SampleStatus.SCORED
                ? Ending.SCORED
                : score.getFailureKind() == FailureKind.MODEL ? Ending.MODEL_FAILED : Ending.INFRASTRUCTURE_FAILED;
        return new FrozenScore(
                score.getRunId(), new Answer(ending, ending == Ending.SCORED ? "" : FAILED_BEFORE, scores));
    }

    BaselineScore record(String name, String task, String datasetFingerprint, String documentId) {
        return BaselineScore.newBuilder()
                .setName(name)
                .setRunId(runId)
                .setTask(task)
                .setDocumentId(documentId)
                .setDatasetFingerprint(datasetFingerprint)
                .setStatus(answer.scored() ? SampleStatus.SCORED : SampleStatus.FAILED)
                .setFailureKind(
                        switch (answer.ending()) {
                            case SCORED -> null;
                            case MODEL_FAILED -> FailureKind.MODEL;
                            case INFRASTRUCTURE_FAILED -> FailureKind.INFRASTRUCTURE;
                        })
                .setScores(answer.scores().stream()
                        .map(score -> Score.newBuilder()
                                .setMetric(score.metric())
                                .setFilter(score.filter())
                                .setValue(score.value())
                                .setStatistics(score.statistics())
                                .build())
                        .toList())
                .build();
    }
}
