package dev.evalfleet.producer.plan;

import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import java.time.Instant;
import java.util.List;

/// What became of a request: all of its runs, or every reason why there are none.
public sealed interface Planning {

    /// @param runs baseline first
    /// @param promptTokens estimate over all runs, at four characters a token
    record Accepted(List<RunPlan> runs, long samples, long promptTokens) implements Planning {}

    record Rejected(List<Problem> problems) implements Planning {
        /// What `plans` says about the request.
        public RunPlan plan(String requestId) {
            return RunPlan.newBuilder()
                    .setStatus(PlanStatus.REJECTED)
                    .setRequestId(requestId)
                    .setRunId(requestId)
                    .setProblems(problems)
                    .setPlannedAt(Instant.now())
                    .build();
        }
    }
}
