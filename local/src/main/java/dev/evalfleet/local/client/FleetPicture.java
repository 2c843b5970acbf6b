package dev.evalfleet.local.client;

import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// What the topics say about runs so far. Written by one follower, read by anybody.
public final class FleetPicture {

    private final Predicate<String> isOfInterest;
    private final Map<String, RunState> states = new HashMap<>();
    private final Map<String, RunPlan> plans = new HashMap<>();
    private final Map<String, Map<String, Metric>> metrics = new HashMap<>();
    private final Map<String, Alert> alerts = new LinkedHashMap<>();

    /// @param isOfInterest of which requests plans, metrics and alerts are kept; states are kept of all
    FleetPicture(Predicate<String> isOfInterest) {
        this.isOfInterest = isOfInterest;
    }

    synchronized void see(RunState state) {
        states.put(state.getId(), state);
        notifyAll();
    }

    synchronized void see(RunPlan plan) {
        if (isOfInterest.test(plan.getRequestId())) {
            plans.put(plan.getStatus() == PlanStatus.REJECTED ? plan.getRequestId() : plan.getRunId(), plan);
            notifyAll();
        }
    }

    synchronized void see(String key, Metric metric) {
        if (isOfInterest.test(metric.getRequestId())) {
            metrics.computeIfAbsent(metric.getRunId(), _ -> new TreeMap<>()).put(key, metric);
            notifyAll();
        }
    }

    synchronized void see(Alert alert) {
        if (isOfInterest.test(alert.getRequestId())) {
            alerts.putIfAbsent(alert.getAlertId(), alert);
            notifyAll();
        }
    }

    public synchronized Optional<RunState> state(String id) {
        return Optional.ofNullable(states.get(id));
    }

    public synchronized Optional<RunPlan> plan(String id) {
        return Optional.ofNullable(plans.get(id));
    }

    /// The runs of a request as planned, in the order of its tasks and models.
    public synchronized List<RunPlan> plans(String requestId) {
        List<RunPlan> ofRequest = new ArrayList<>(plans.values().stream()
                .filter(plan -> plan.getRequestId().equals(requestId) && plan.getStatus() == PlanStatus.ACCEPTED)
                .toList());
        List<String> order =
                ofRequest.isEmpty() ? List.of() : ofRequest.getFirst().getRequestRuns();
        ofRequest.sort(Comparator.comparingInt((RunPlan plan) -> order.indexOf(plan.getRunId()))
                .thenComparing(RunPlan::getRunId));
        return ofRequest;
    }

    public synchronized List<RunState> requests() {
        return ofKind(StateKind.REQUEST);
    }

    public synchronized List<RunState> runs() {
        return ofKind(StateKind.RUN);
    }

    /// The retries of these runs, theirs included, in the order they were planned.
    public List<RunState> retriesOf(Collection<RunState> runs) {
        Set<String> ids = new HashSet<>(runs.stream().map(RunState::getId).toList());
        return runs().stream()
                .filter(run -> run.getRetryOf() != null && ids.contains(run.getRetryOf()) && ids.add(run.getId()))
                .toList();
    }

    public List<RunState> runsOf(String requestId) {
        return runs().stream()
                .filter(run -> run.getRequestId().equals(requestId))
                .toList();
    }

    /// All metrics of a run, slices included.
    public synchronized List<Metric> metrics(String runId) {
        return List.copyOf(metrics.getOrDefault(runId, Map.of()).values());
    }

    /// The metrics of a whole run.
    public List<Metric> overall(String runId) {
        return metrics(runId).stream()
                .filter(metric -> metric.getSlice().isEmpty())
                .toList();
    }

    public synchronized List<Alert> alerts() {
        return List.copyOf(alerts.values());
    }

    /// Waits until `holds`, looking again at each change.
    ///
    /// @return whether it held before the time was up
    public synchronized boolean await(BooleanSupplier holds, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(Math.min(left, 500));
        }
        return true;
    }

    /// Whether nothing more will happen to a run or request in this state.
    public static boolean isOver(RunStatus status) {
        return status != RunStatus.PLANNED && status != RunStatus.RUNNING;
    }

    /// Whether a request has ended and every figure of its completed runs is here.
    public boolean isFinished(String requestId) {
        boolean rejected = plan(requestId)
                .filter(plan -> plan.getStatus() == PlanStatus.REJECTED)
                .isPresent();
        return rejected
                || (state(requestId).filter(state -> isOver(state.getStatus())).isPresent()
                        && plans(requestId).stream().allMatch(this::isFinished));
    }

    private boolean isFinished(RunPlan plan) {
        Optional<RunState> state = state(plan.getRunId());
        if (state.isEmpty() || !isOver(state.get().getStatus())) {
            return false;
        }
        Instant finished = state.get().getFinishedAt();
        return switch (state.get().getStatus()) {
            case COMPLETED ->
                count(plan, Metric::getCompleted) >= plan.getMetrics().size();
            case STOPPED_EARLY ->
                finished == null
                        || count(plan, metric -> !metric.getUpdatedAt().isBefore(finished))
                                >= plan.getMetrics().size();
            default -> true;
        };
    }

    private long count(RunPlan plan, Predicate<Metric> condition) {
        return overall(plan.getRunId()).stream().filter(condition).count();
    }

    private List<RunState> ofKind(StateKind kind) {
        return states.values().stream()
                .filter(state -> state.getKind() == kind)
                .sorted(Comparator.comparing(FleetPicture::began).thenComparing(RunState::getId))
                .toList();
    }

    private static Instant began(RunState state) {
        return state.getPlannedAt() == null ? state.getUpdatedAt() : state.getPlannedAt();
    }
}
