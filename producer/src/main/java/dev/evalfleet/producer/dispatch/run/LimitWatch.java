package dev.evalfleet.producer.dispatch.run;

import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RequestLimits;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Ends a request that has spent what it may: cost, tokens or time.
public final class LimitWatch {
    private final Map<String, Spent> spentByRun = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    private record Spent(long tokens, double cost) {
        static final Spent NOTHING = new Spent(0, 0);

        Spent plus(Spent other) {
            return new Spent(tokens + other.tokens, cost + other.cost);
        }
    }

    public void state(RunState state) {
        if (state.getKind() == StateKind.RUN) {
            Usage usage = state.getUsage();
            Double cost = usage.getCost();
            spentByRun.put(
                    state.getId(),
                    new Spent(usage.getPromptTokens() + usage.getOutputTokens(), cost == null ? 0 : cost));
        }
    }

    public void forget(String runId) {
        spentByRun.remove(runId);
    }

    /// What is to be said about requests that reached a limit since the last call.
    public List<RunControl> reached(Collection<DispatchRun> open, Instant now) {
        List<RunControl> controls = new ArrayList<>();
        Set<String> seen = new HashSet<>(ended);
        for (DispatchRun run : open) {
            RunPlan plan = run.plan();
            RequestLimits limits = plan.getLimits();
            if (limits == null || !seen.add(plan.getRequestId())) {
                continue;
            }
            String reason = reason(limits, plan, now);
            if (reason != null) {
                ended.add(plan.getRequestId());
                controls.add(RunControl.newBuilder()
                        .setId(plan.getRequestId())
                        .setAction(ControlAction.LIMIT_REACHED)
                        .setReason(reason)
                        .setBy("producer")
                        .setAt(now)
                        .build());
            }
        }
        return controls;
    }

    private @Nullable String reason(RequestLimits limits, RunPlan plan, Instant now) {
        Spent spent = plan.getRequestRuns().stream()
                .map(spentByRun::get)
                .filter(Objects::nonNull)
                .reduce(Spent.NOTHING, Spent::plus);
        Long maxTokens = limits.getMaxTokens();
        if (maxTokens != null && spent.tokens() >= maxTokens) {
            return "the request used " + spent.tokens() + " tokens of its limit of " + maxTokens;
        }
        Double maxCost = limits.getMaxCost();
        if (maxCost != null && spent.cost() >= maxCost) {
            return String.format(Locale.ROOT, "the request cost %.4f of its limit of %.4f", spent.cost(), maxCost);
        }
        Long maxWallTimeMs = limits.getMaxWallTimeMs();
        Duration age = Duration.between(plan.getPlannedAt(), now);
        if (maxWallTimeMs != null && age.toMillis() >= maxWallTimeMs) {
            return "the request ran for " + age.toSeconds() + " s, its limit is "
                    + Duration.ofMillis(maxWallTimeMs).toSeconds() + " s";
        }
        return null;
    }
}
