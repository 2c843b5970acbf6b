package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a sample ended, as far as statistics care.
///
/// @param code a short stable word for the cause of a failure; empty when scored
public record Answer(Ending ending, String code, List<ScoreValue> scores) {
    /// Scored, or failed and by whose fault. The letter is what is stored.
    public enum Ending {
        SCORED('s'),
        MODEL_FAILED('m'),
        INFRASTRUCTURE_FAILED('i');

        private final char letter;

        Ending(char letter) {
            this.letter = letter;
        }

        static Ending of(long letter) {
            return Arrays.stream(values())
                    .filter(ending -> ending.letter == letter)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no answer ends as " + letter));
        }
    }

    public Answer {
        scores = List.copyOf(scores);
    }

    public static Answer of(SampleResult result) {
        if (result.getStatus() == SampleStatus.SCORED) {
            return new Answer(
                    Ending.SCORED,
                    "",
                    result.getScores().stream().map(ScoreValue::of).toList());
        }
        Failure failure = result.getFailure();
        if (failure == null) {
            return infrastructureFailed("other");
        }
        return failure.getKind() == FailureKind.MODEL
                ? new Answer(Ending.MODEL_FAILED, failure.getCode(), List.of())
                : infrastructureFailed(failure.getCode());
    }

    public static Answer infrastructureFailed(String code) {
        return new Answer(Ending.INFRASTRUCTURE_FAILED, code, List.of());
    }

    public boolean scored() {
        return ending == Ending.SCORED;
    }

    public Optional<ScoreValue> scoreOf(MetricPlan plan) {
        return scores.stream().filter(score -> score.isOf(plan)).findFirst();
    }

    /// What this sample counts as in a metric: its score, or the metric's failure value when the model failed.
    /// Null where it is left out: infrastructure failures always are.
    public @Nullable Double valueFor(MetricPlan plan) {
        return switch (ending) {
            case SCORED -> scoreOf(plan).map(ScoreValue::value).orElse(null);
            case MODEL_FAILED -> plan.getFailureValue();
            case INFRASTRUCTURE_FAILED -> null;
        };
    }

    public void write(Out out) {
        out.whole(ending.letter).text(code).list(scores, (to, score) -> score.write(to));
    }

    public static Answer read(In in) {
        return new Answer(Ending.of(in.whole()), in.text(), in.list(ScoreValue::read));
    }
}
