package dev.evalfleet.aggregator.dashboard;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.kafka.TopicFollower.Received;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What the topics `runs`, `metrics` and `alerts` say now, kept in bounded memory: the most recent runs stay.
final class RunsView {

    private static final int MOST_STATES = 5_000;
    private static final int MOST_ALERTS = 500;

    /// @param version of the view: what a reader has seen, to ask for what came after
    /// @param states of runs and requests
    /// @param metrics of whole runs, not of slices
    record Changes(long version, List<RunState> states, List<Metric> metrics, List<Alert> alerts) {}

    private record Versioned<V>(long version, V value) {}

    private final TopicFollower follower;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Versioned<RunState>> states = new HashMap<>();
    private final Map<String, TreeMap<String, Versioned<Metric>>> metricsByRun = new HashMap<>();
    private final Map<String, ScoreHistory> histories = new HashMap<>();
    private final Deque<Versioned<Alert>> alerts = new ArrayDeque<>();
    private boolean woken;
    private long version;

    RunsView(Fleet fleet) {
        follower = new TopicFollower(fleet, "dashboard-follower")
                .on(fleet.topics().runs(), this::onState)
                .on(fleet.topics().metrics(), this::onMetric)
                .on(fleet.topics().alerts(), this::onAlert);
    }

    TopicFollower follower() {
        return follower;
    }

    void onState(Received<RunState> received) {
        RunState state = received.value();
        locked(() -> {
            if (state == null) {
                forget(received.key());
            } else {
                states.put(received.key(), new Versioned<>(++version, state));
                if (states.size() > MOST_STATES) {
                    forgetOldest();
                }
            }
        });
    }

    void onMetric(Received<Metric> received) {
        Metric metric = received.value();
        if (metric == null) {
            return;
        }
        locked(() -> {
            metricsByRun
                    .computeIfAbsent(metric.getRunId(), _ -> new TreeMap<>())
                    .put(received.key(), new Versioned<>(++version, metric));
            Double value = metric.getValue();
            if (metric.getSlice().isEmpty() && value != null) {
                histories
                        .computeIfAbsent(received.key(), _ -> new ScoreHistory())
                        .add(new ScoreHistory.Point(
                                metric.getN(), value, orNaN(metric.getLower()), orNaN(metric.getUpper())));
            }
        });
    }

    void onAlert(Received<Alert> received) {
        Alert alert = received.value();
        if (alert == null) {
            return;
        }
        locked(() -> {
            alerts.addLast(new Versioned<>(++version, alert));
            if (alerts.size() > MOST_ALERTS) {
                alerts.removeFirst();
            }
        });
    }

    /// What changed after `seen`; waits for a change, at most so long. The reader gets every state and the metrics of
    /// whole runs that are newer, each once however often it changed.
    Changes changesAfter(long seen, Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long nanos = atMost.toNanos();
            while (version <= seen && nanos > 0 && !woken) {
                nanos = changed.awaitNanos(nanos);
            }
            return new Changes(
                    version,
                    newer(states.values().stream().toList(), seen),
                    metricsByRun.values().stream()
                            .flatMap(metrics -> metrics.values().stream())
                            .filter(metric -> metric.version() > seen
                                    && metric.value().getSlice().isEmpty())
                            .map(Versioned::value)
                            .toList(),
                    newer(List.copyOf(alerts), seen));
        } finally {
            lock.unlock();
        }
    }

    /// Nobody waits for a change any more, from now on.
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static <V> List<V> newer(List<Versioned<V>> values, long seen) {
        return values.stream()
                .filter(value -> value.version() > seen)
                .sorted(Comparator.comparingLong(Versioned::version))
                .map(Versioned::value)
                .toList();
    }

    Optional<RunState> state(String id) {
        return reading(() -> Optional.ofNullable(states.get(id)).map(Versioned::value));
    }

    List<RunState> states() {
        return reading(() -> states.values().stream().map(Versioned::value).toList());
    }

    /// All metrics of a run, slices included.
    List<Metric> metrics(String runId) {
        return reading(() -> metricsByRun.getOrDefault(runId, new TreeMap<>()).values().stream()
                .map(Versioned::value)
                .toList());
    }

    /// How the score of a whole run developed since this dashboard started, by metric key.
    Map<String, List<ScoreHistory.Point>> histories(String runId) {
        return reading(() -> {
            var found = new TreeMap<String, List<ScoreHistory.Point>>();
            metricsByRun.getOrDefault(runId, new TreeMap<>()).keySet().forEach(key -> {
                ScoreHistory history = histories.get(key);
                if (history != null) {
                    found.put(key, history.points());
                }
            });
            return found;
        });
    }

    List<Alert> alerts() {
        return reading(() -> alerts.stream().map(Versioned::value).toList());
    }

    private void forgetOldest() {
        var oldest = new ArrayList<>(states.entrySet());
        oldest.sort(Comparator.comparing(entry -> entry.getValue().value().getUpdatedAt()));
        oldest.subList(0, MOST_STATES / 10).forEach(entry -> forget(entry.getKey()));
    }

    private void forget(String id) {
        states.remove(id);
        TreeMap<String, Versioned<Metric>> metrics = metricsByRun.remove(id);
        if (metrics != null) {
            histories.keySet().removeAll(metrics.keySet());
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T reading(java.util.function.Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `nanos` have passed, or the thread is interrupted.
    static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
