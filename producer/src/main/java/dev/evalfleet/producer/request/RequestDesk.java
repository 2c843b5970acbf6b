package dev.evalfleet.producer.request;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.producer.plan.RunPlanner;
import dev.evalfleet.producer.retry.RetryPlanner;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// From a record of `requests` to what has to be written for it. May block as long as reading the data takes.
final class RequestDesk {
    private final Fleet fleet;
    private final RunPlanner planner;
    private final RetryPlanner retries;
    private final KnownRequests known;
    private final Duration patience;
    private final Clock clock = Clock.systemUTC();
    private @Nullable String waitingOn;
    private Instant waitingSince = Instant.EPOCH;

    /// @param patience with data that cannot be had for now
    RequestDesk(Fleet fleet, RunPlanner planner, RetryPlanner retries, KnownRequests known, Duration patience) {
        this.fleet = fleet;
        this.planner = planner;
        this.retries = retries;
        this.known = known;
        this.patience = patience;
    }

    /// What is to be done about a request.
    sealed interface Decision {
        /// @param plans all runs, or the one record of a refusal
        /// @param retry the plan, when it is that of a retry
        record Write(
                String requestId, List<ProducerRecord<String, byte[]>> plans, boolean accepted, @Nullable RunPlan retry)
                implements Decision {}

        /// It was planned before, or it says nothing.
        record Skip(String reason) implements Decision {}

        record DeadLetter(String cause) implements Decision {}

        record Later(String reason) implements Decision {}
    }

    Decision decide(ConsumerRecord<String, byte[]> record) {
        try {
            EvalRequest request = decoded(record);
            if (request == null) {
                return new Decision.Skip("tombstone");
            }
            if (request.getRequestId().isBlank()) {
                return new Decision.DeadLetter("the request has no requestId");
            }
            if (known.contains(request.getRequestId())) {
                return new Decision.Skip("planned before");
            }
            return decide(record, request);
        } catch (UndecodableException e) {
            return new Decision.DeadLetter(String.valueOf(e.getMessage()));
        } catch (RegistryUnavailableException | UnreachableException e) {
            return new Decision.Later(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable EvalRequest decoded(ConsumerRecord<String, byte[]> record) {
        Header type = record.headers().lastHeader("content-type");
        boolean json = type != null && new String(type.value(), StandardCharsets.UTF_8).startsWith("application/json");
        return json && record.value() != null
                ? RequestJson.read(record.value())
                : fleet.decode(fleet.topics().requests(), record);
    }

    private Decision decide(ConsumerRecord<String, byte[]> record, EvalRequest request) {
        if (!request.getRequestId().equals(record.key())) {
            return refused(
                    request,
                    List.of(Problems.of(
                            "request requestId",
                            "is \"" + request.getRequestId() + "\", but the record's key is \"" + record.key()
                                    + "\"; they must be the same, so that a repeated request is noticed")));
        }
        if (request.getRetry() != null) {
            return retried(request);
        }
        try {
            return switch (planner.plan(request)) {
                case Planning.Rejected(var problems) -> refused(request, problems);
                case Planning.Accepted accepted -> written(request, accepted.runs(), true, null);
            };
        } catch (DatasetException e) {
            return isPatienceOver(request.getRequestId())
                    ? refused(request, List.of(Problems.of(e.where(), e.reason() + " (tried for " + patience + ")")))
                    : new Decision.Later(e.where() + ": " + e.reason());
        }
    }

    private Decision retried(EvalRequest request) {
        List<Problem> problems = planner.problems(request);
        if (!problems.isEmpty()) {
            return refused(request, problems);
        }
        return switch (retries.plan(request)) {
            case RetryPlanner.Outcome.Refused(var reasons) -> refused(request, reasons);
            case RetryPlanner.Outcome.Planned(var plan) -> written(request, List.of(plan), true, plan);
        };
    }

    private boolean isPatienceOver(String requestId) {
        if (!requestId.equals(waitingOn)) {
            waitingOn = requestId;
            waitingSince = clock.instant();
        }
        return Duration.between(waitingSince, clock.instant()).compareTo(patience) > 0;
    }

    private Decision refused(EvalRequest request, List<Problem> problems) {
        return written(request, List.of(new Planning.Rejected(problems).plan(request.getRequestId())), false, null);
    }

    private Decision written(EvalRequest request, List<RunPlan> plans, boolean accepted, @Nullable RunPlan retry) {
        var records = new ArrayList<ProducerRecord<String, byte[]>>();
        plans.forEach(plan -> records.add(fleet.record(fleet.topics().plans(), plan.getRunId(), plan)));
        return new Decision.Write(request.getRequestId(), records, accepted, retry);
    }
}
