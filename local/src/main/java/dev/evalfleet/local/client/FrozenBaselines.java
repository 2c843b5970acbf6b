package dev.evalfleet.local.client;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.kafka.TopicFollower.Received;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselineScore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// The named baselines and how many scores each has, followed until closed.
public final class FrozenBaselines implements AutoCloseable {

    private static final Duration READ = Duration.ofSeconds(60);

    private final TopicFollower follower;
    /// What each record of the topic belongs to; the number of its rows is counted from these.
    private final Map<String, Frozen> rows = new HashMap<>();

    /// @param rows scores that are kept
    public record Frozen(String name, String runId, String task, String datasetFingerprint, long rows) {}

    private FrozenBaselines(Fleet fleet) {
        this.follower = new TopicFollower(fleet, "evalfleet-baselines")
                .on(fleet.topics().baselineScores(), this::see);
    }

    public static FrozenBaselines follow(Fleet fleet) {
        FrozenBaselines frozen = new FrozenBaselines(fleet);
        try {
            frozen.follower.start();
            frozen.follower.awaitCaughtUp(READ);
        } catch (RuntimeException silent) {
            frozen.close();
            throw CommandException.failed("The baselines of the fleet cannot be read: " + silent.getMessage());
        }
        return frozen;
    }

    /// The key of what is asked of a baseline.
    public static String control(String name) {
        return Ids.baselineControl(name);
    }

    public static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw CommandException.usage(
                    "A baseline's name is 1 to 100 letters, digits, '.', '_' or '-', but this is \"" + name + "\".");
        }
    }

    /// Every named baseline with its number of scores, by name.
    public synchronized List<Frozen> all() {
        Map<String, Frozen> all = new TreeMap<>();
        rows.values()
                .forEach(row -> all.merge(
                        row.name() + "\n" + row.runId(),
                        row,
                        (a, b) -> new Frozen(
                                a.name(), a.runId(), a.task(), a.datasetFingerprint(), a.rows() + b.rows())));
        return List.copyOf(all.values());
    }

    /// Waits until so many scores of the run are kept under the name, or until no more have come for a while.
    ///
    /// @return how many are kept
    public long awaitRows(String name, String runId, long expected, Duration quiet, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < deadline) {
            long before = count(name, runId);
            if (before >= expected && before > 0) {
                return before;
            }
            if (!await(() -> count(name, runId) != before, quiet) && before > 0) {
                return before;
            }
        }
        return count(name, runId);
    }

    /// Waits until nothing is kept under the name.
    ///
    /// @return whether that came in time
    public boolean awaitGone(String name, Duration atMost) throws InterruptedException {
        return await(() -> rows.values().stream().noneMatch(row -> row.name().equals(name)), atMost);
    }

    private synchronized long count(String name, String runId) {
        return rows.values().stream()
                .filter(row -> row.name().equals(name) && row.runId().equals(runId))
                .count();
    }

    private synchronized boolean await(BooleanSupplier holds, Duration atMost) throws InterruptedException {
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

    private synchronized void see(Received<BaselineScore> received) {
        BaselineScore score = received.value();
        if (score == null) {
            rows.remove(received.key());
        } else {
            rows.put(
                    received.key(),
                    new Frozen(score.getName(), score.getRunId(), score.getTask(), score.getDatasetFingerprint(), 1));
        }
        notifyAll();
    }

    @Override
    public void close() {
        follower.close();
    }
}
