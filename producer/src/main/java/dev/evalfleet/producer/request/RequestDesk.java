package dev.evalfleet.producer.request;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.producer.plan.RunPlanner;
import dev.evalfleet.producer.retry.RetryPlanner;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.schemas.Ids;
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
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// From a record of `requests` to what has to be written for it. May block as long as reading the data takes.
final class RequestDesk {
    private static final String BEFORE = "planned before";
    private static final int LONGEST_ID = 1_000;
    private static final int LARGEST_PLAN = KafkaConfig.MAX_RECORD_BYTES - 64 * 1024; // leaves room for its key
    private static final long MOST_PLANS = 256L << 20; // bytes; they are held and written together

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
                String requestId,
                List<ProducerRecord<String, byte[]>> plans,
                boolean accepted,
                RetryPlanner.Outcome.@Nullable Planned retry)
                implements Decision {}

        /// It was planned before, or it says nothing.
        record Skip(String reason) implements Decision {}

        record DeadLetter(String cause) implements Decision {}

        record Later(String reason) implements Decision {}
    }

    Decision decide(ConsumerRecord<String, byte[]> record) {
        try {
            Problems mistakes = new Problems();
            EvalRequest request = isJson(record)
                    ? RequestJson.read(record.value(), record.key(), mistakes)
                    : fleet.decode(fleet.topics().requests(), record);
            if (!mistakes.isEmpty()) {
                return unreadable(record, mistakes);
            }
            if (request == null) {
                return new Decision.Skip("tombstone");
            }
            if (request.getRequestId().isBlank()) {
                return new Decision.DeadLetter("the request has no requestId");
            }
            if (request.getRequestId().length() > LONGEST_ID) {
                return new Decision.DeadLetter(
                        "the requestId has " + request.getRequestId().length() + " characters");
            }
            if (known.contains(request.getRequestId())) {
                return new Decision.Skip(BEFORE);
            }
            return decide(record, request);
        } catch (UndecodableException e) {
            return new Decision.DeadLetter(e.getMessage() + hint(record));
        } catch (RegistryUnavailableException | UnreachableException e) {
            return new Decision.Later(String.valueOf(e.getMessage()));
        }
    }

    private Decision unreadable(ConsumerRecord<String, byte[]> record, Problems mistakes) {
        String key = record.key();
        if (key == null || !Ids.isRequestId(key)) {
            return new Decision.DeadLetter("a request without a usable key: " + text(mistakes.list()));
        }
        return known.contains(key) ? new Decision.Skip(BEFORE) : refused(key, mistakes.list());
    }

    private static boolean isJson(ConsumerRecord<String, byte[]> record) {
        Header type = record.headers().lastHeader("content-type");
        return record.value() != null
                && type != null
                && new String(type.value(), StandardCharsets.UTF_8).startsWith("application/json");
    }

    private static String hint(ConsumerRecord<String, byte[]> record) {
        boolean looksLikeJson = record.value() != null && record.value().length > 0 && record.value()[0] == '{';
        return looksLikeJson ? ". If it is JSON, say so with the header content-type: application/json" : "";
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.getWhere() + " " + problem.getMessage())
                .collect(Collectors.joining("; "));
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
                case Planning.Accepted accepted -> written(request.getRequestId(), accepted.runs(), true, null);
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
            case RetryPlanner.Outcome.Planned planned ->
                written(request.getRequestId(), List.of(planned.plan()), true, planned);
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
        return refused(request.getRequestId(), problems);
    }

    private Decision refused(String requestId, List<Problem> problems) {
        return written(requestId, List.of(new Planning.Rejected(problems).plan(requestId)), false, null);
    }

    private Decision written(
            String requestId, List<RunPlan> plans, boolean accepted, RetryPlanner.Outcome.@Nullable Planned retry) {
        var records = new ArrayList<ProducerRecord<String, byte[]>>();
        long total = 0;
        for (RunPlan plan : plans) {
            ProducerRecord<String, byte[]> record = fleet.record(fleet.topics().plans(), plan.getRunId(), plan);
            int size = record.value().length;
            total += size;
            if (accepted && (size > LARGEST_PLAN || total > MOST_PLANS)) {
                // it would never be written, and hold up all requests behind it
                return refused(requestId, List.of(tooLarge(plan.getRunId(), size, total)));
            }
            records.add(record);
        }
        return new Decision.Write(requestId, records, accepted, retry);
    }

    private static Problem tooLarge(String runId, int size, long total) {
        return Problems.of(
                "request",
                "the plan of the run %s has %d bytes, and those up to it %d; one may have %d, all %d. Shorter task texts and labels, fewer slices and clusters in the data, or fewer runs would fit"
                        .formatted(runId, size, total, LARGEST_PLAN, MOST_PLANS));
    }
}
