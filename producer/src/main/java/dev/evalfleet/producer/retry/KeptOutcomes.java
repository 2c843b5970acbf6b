package dev.evalfleet.producer.retry;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.RetryPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a retry the outcomes that are not asked again: copies of the ended run's results under the retry's own id,
/// each naming the run that asked the model. What does not arrive, because this process died meanwhile, is missing
/// from the retry like any lost sample, and is asked again.
public final class KeptOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(KeptOutcomes.class);

    private final Fleet fleet;
    private final EndedRuns runs;

    public KeptOutcomes(Fleet fleet, EndedRuns runs) {
        this.fleet = fleet;
        this.runs = runs;
    }

    /// Publishes them without holding anybody up; the plan of the retry has been accepted.
    public void publishInBackground(RetryPlanner.Outcome.Planned retry) {
        RunPlan plan = retry.plan();
        Thread.ofVirtual().name("kept-outcomes " + plan.getRunId()).start(() -> {
            try {
                LOG.info("took over outcomes run={} count={}", plan.getRunId(), publish(plan, retry.of()));
            } catch (RuntimeException e) {
                LOG.warn("outcomes not all taken over, the rest is asked again run={}", plan.getRunId(), e);
            }
        });
    }

    /// @return how many outcomes the broker has now
    /// @throws KafkaException when it does not take them all
    long publish(RunPlan plan, RunState of) {
        RetryPlan retry = Objects.requireNonNull(plan.getRetry(), "retry");
        Set<Long> asked = new HashSet<>(retry.getPositions());
        long[] count = {0};
        AtomicReference<@Nullable Exception> problem = new AtomicReference<>();
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            runs.results(of, result -> {
                if (!asked.contains(result.getPosition())) {
                    count[0]++;
                    String key = Ids.resultKey(result.getDatasetFingerprint(), result.getDocumentId());
                    var _ = producer.send(
                            fleet.record(fleet.topics().results(), key, kept(result, plan)),
                            (_, failure) -> problem.compareAndSet(null, failure));
                }
            });
            producer.flush();
        }
        Exception failure = problem.get();
        if (failure != null) {
            throw new KafkaException("results not taken by the broker", failure);
        }
        return count[0];
    }

    static SampleResult kept(SampleResult result, RunPlan plan) {
        String before = result.getScoredBy();
        return SampleResult.newBuilder(result)
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setRole(plan.getRole())
                .setPairGroup(plan.getPairGroup())
                .setScoredBy(before == null ? result.getRunId() : before)
                .build();
    }
}
