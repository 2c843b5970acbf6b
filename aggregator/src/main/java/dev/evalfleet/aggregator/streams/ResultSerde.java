package dev.evalfleet.aggregator.streams;

import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.wire.UndecodableException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Refuses at the door what no plan could allow, so that it goes to dead letters as it came and its position stays
/// open.
public final class ResultSerde implements Serde<SampleResult> {
    private final Serde<SampleResult> inner;

    public ResultSerde(Serde<SampleResult> inner) {
        this.inner = inner;
    }

    @Override
    public Serializer<SampleResult> serializer() {
        return inner.serializer();
    }

    @Override
    public Deserializer<SampleResult> deserializer() {
        Deserializer<SampleResult> decoding = inner.deserializer();
        return (topic, bytes) -> {
            if (bytes == null) {
                throw new UndecodableException("the record has no value: results are never deleted by key");
            }
            SampleResult result = decoding.deserialize(topic, bytes);
            String problem = problem(result);
            if (problem != null) {
                throw new UndecodableException("result of run \"%s\", document \"%s\": %s"
                        .formatted(result.getRunId(), result.getDocumentId(), problem));
            }
            return result;
        };
    }

    private static @Nullable String problem(SampleResult result) {
        if (result.getRunId().isEmpty() || result.getRunId().indexOf('\0') >= 0) {
            return "the run id is not one";
        }
        if (result.getPosition() < 0) {
            return "position is %d, below 0".formatted(result.getPosition());
        }
        if (result.getPromptTokens() < 0 || result.getOutputTokens() < 0) {
            return "it counts %d prompt and %d output tokens"
                    .formatted(result.getPromptTokens(), result.getOutputTokens());
        }
        if (!Double.isFinite(result.getLatencyMs()) || result.getLatencyMs() < 0) {
            return "latency is %s ms".formatted(result.getLatencyMs());
        }
        return result.getStatus() == SampleStatus.SCORED ? scoreProblem(result) : null;
    }

    private static @Nullable String scoreProblem(SampleResult result) {
        for (Score score : result.getScores()) {
            boolean finite = Double.isFinite(score.getValue())
                    && score.getStatistics().stream().allMatch(Double::isFinite);
            if (!finite) {
                return "its %s,%s is %s %s, not a finite number"
                        .formatted(score.getMetric(), score.getFilter(), score.getValue(), score.getStatistics());
            }
        }
        return null;
    }
}
