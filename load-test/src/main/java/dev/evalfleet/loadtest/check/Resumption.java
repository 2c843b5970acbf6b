package dev.evalfleet.loadtest.check;

import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How long after a fault the fleet was over it, as the times on the topics say.
public final class Resumption {
    private final History history;

    private Resumption(History history) {
        this.history = history;
    }

    /// The longest of them; empty when there was nothing left to resume.
    public static Optional<Duration> longest(History history, Collection<FaultMark> faults) {
        Resumption resumption = new Resumption(history);
        return faults.stream()
                .flatMap(fault -> resumption.after(fault).map(end -> Duration.between(fault.at(), end)).stream())
                .max(Duration::compareTo);
    }

    private Optional<Instant> after(FaultMark fault) {
        return switch (fault.proof()) {
            case OUTSTANDING_ANSWERED -> outstandingAnswered(fault.at());
            case SENT -> first(history.samples(), fault.at());
            case ANSWERED -> first(history.results(), fault.at());
            case COUNTED -> counted(fault.at());
        };
    }

    private static <V> Optional<Instant> first(List<At<V>> records, Instant from) {
        return records.stream().map(At::at).filter(at -> at.isAfter(from)).min(Instant::compareTo);
    }

    private Optional<Instant> outstandingAnswered(Instant from) {
        Map<String, Instant> answered = new HashMap<>();
        for (At<SampleResult> result : history.results()) {
            answered.merge(
                    id(result.value().getRunId(), result.value().getPosition()),
                    result.at(),
                    (one, other) -> one.isBefore(other) ? one : other);
        }
        return history.samples().stream()
                .filter(sample -> !sample.at().isAfter(from))
                .map(At::value)
                .map((Sample sample) -> answered.get(id(sample.getRunId(), sample.getPosition())))
                .filter(Objects::nonNull)
                .filter(at -> at.isAfter(from))
                .max(Instant::compareTo);
    }

    private Optional<Instant> counted(Instant from) {
        Map<String, Long> answered = new HashMap<>();
        history.results().stream()
                .filter(result -> !result.at().isAfter(from))
                .map(result -> id(result.value().getRunId(), result.value().getPosition()))
                .distinct()
                .forEach(id -> answered.merge(id.substring(0, id.lastIndexOf('#')), 1L, Long::sum));
        return answered.entrySet().stream()
                .flatMap(run -> firstWith(run.getKey(), run.getValue(), from).stream())
                .max(Instant::compareTo);
    }

    private Optional<Instant> firstWith(String runId, long answered, Instant from) {
        return history.states().stream()
                .map(At::value)
                .filter(state ->
                        state.getId().equals(runId) && state.getUpdatedAt().isAfter(from))
                .filter(state ->
                        state.getScored() + state.getFailedModel() + state.getFailedInfrastructure() >= answered
                                || RunHistory.isTerminal(state.getStatus()))
                .map(RunState::getUpdatedAt)
                .min(Instant::compareTo);
    }

    private static String id(String runId, long position) {
        return runId + "#" + position;
    }
}
