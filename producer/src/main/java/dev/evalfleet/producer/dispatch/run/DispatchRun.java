package dev.evalfleet.producer.dispatch.run;

import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RetryPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How far one open run is dispatched. A position is handed out by [#take], then either [#acknowledged], [#returned]
/// because the send failed, or [#giveUp]; a missing one is handed out again, [#MOST_RESENDS] times at most.
public final class DispatchRun {
    public static final int MOST_RESENDS = 2;

    private final RunPlan plan;
    private final @Nullable BitSet asked;
    private long next;
    private final TreeSet<Long> unsent = new TreeSet<>();
    private final TreeSet<Long> again = new TreeSet<>();
    private final Set<Long> resending = new HashSet<>();
    private final Map<Long, Integer> resent = new TreeMap<>();
    private final TreeSet<Long> lost = new TreeSet<>();
    private final Map<Integer, Long> sentUpTo = new HashMap<>();
    private final MissingPositions missing = new MissingPositions();
    private long counted;
    private boolean cursorDue;
    private Instant cursorWritten = Instant.MIN;

    public DispatchRun(RunPlan plan) {
        this.plan = plan;
        this.asked = asked(plan.getRetry());
        this.next = from(0);
        this.cursorDue = plan.getExpectedSamples() == 0;
    }

    private static @Nullable BitSet asked(@Nullable RetryPlan retry) {
        if (retry == null) {
            return null;
        }
        BitSet positions = new BitSet();
        retry.getPositions().forEach(position -> positions.set(Math.toIntExact(position)));
        return positions;
    }

    /// The first position from this one on that is asked at all: a retry leaves most of them out.
    private long from(long position) {
        if (asked == null) {
            return position;
        }
        int at = asked.nextSetBit(Math.toIntExact(position));
        return at < 0 ? plan.getExpectedSamples() : at;
    }

    public String id() {
        return plan.getRunId();
    }

    public String pool() {
        return plan.getPool();
    }

    public RunPlan plan() {
        return plan;
    }

    /// Share of the pool relative to others.
    public int weight() {
        return Math.clamp(plan.getPriority(), 1, 100);
    }

    /// First position that was never handed out.
    public long next() {
        return next;
    }

    /// Takes over what a predecessor, or this producer before, wrote down. Cursors only move forward: one that a
    /// predecessor wrote late, when it was no longer the active producer, changes nothing.
    public void resume(DispatchCursor cursor) {
        next = Math.max(next, from(cursor.getNextPosition()));
        cursor.getPartitionOffsets()
                .forEach((partition, end) -> sentUpTo.merge(Integer.valueOf(partition), end, Math::max));
        cursor.getResent().forEach((position, times) -> resent.merge(Long.valueOf(position), times, Math::max));
        lost.addAll(cursor.getLost());
    }

    /// Whether there is a position to hand out below a limit.
    public boolean hasWork(long limit) {
        return !unsent.isEmpty() || !again.isEmpty() || next < Math.min(limit, plan.getExpectedSamples());
    }

    public boolean hasWork() {
        return hasWork(plan.getExpectedSamples());
    }

    /// The position to send now: first what failed or is missing, then the next of the order.
    public long take() {
        Long position = unsent.pollFirst();
        if (position != null) {
            return position;
        }
        position = again.pollFirst();
        if (position != null) {
            resending.add(position);
            return position;
        }
        long taken = next;
        next = from(taken + 1);
        return taken;
    }

    /// How often a position was sent before on purpose.
    public int sendCount(long position) {
        return resent.getOrDefault(position, 0) + (resending.contains(position) ? 1 : 0);
    }

    /// The broker has the sample of a position at an offset.
    public void acknowledged(long position, int partition, long offset) {
        if (resending.remove(position)) {
            resent.merge(position, 1, Integer::sum);
        }
        sentUpTo.merge(partition, offset + 1, Math::max);
        missing.stirred();
        cursorDue = true;
    }

    /// The send failed: the position is handed out again.
    public void returned(long position) {
        (resending.remove(position) ? again : unsent).add(position);
    }

    /// The position will never have a result.
    public void giveUp(long position) {
        resending.remove(position);
        lost.add(position);
        cursorDue = true;
    }

    /// Positions that will never have a result.
    public int lost() {
        return lost.size();
    }

    /// What the aggregator has no result for, as of now.
    public void missing(List<Long> positions, Instant now) {
        missing.listed(positions, now);
    }

    /// How many samples have a result that the aggregator has counted.
    public void counted(long samples) {
        counted = samples;
    }

    /// First position a run that may be stopped early must not send yet: what is sent further ahead of what was counted
    /// comes too late for the decision. A retry sends single positions, as they come.
    long limit(long ahead) {
        return asked == null ? Math.min(plan.getExpectedSamples(), counted + ahead) : plan.getExpectedSamples();
    }

    /// Every position was sent, or given up, at least once.
    public boolean isFullyDispatched() {
        return next >= plan.getExpectedSamples() && unsent.isEmpty();
    }

    /// Anything was ever sent.
    public boolean hasStarted() {
        return next > from(0);
    }

    /// Plans to send missing positions again, or gives them up, when the workers are done with all that was sent and
    /// [MissingPositions] are to be believed. A cursor asks the aggregator to say them again.
    ///
    /// @param limit the first position that is not sent yet
    /// @param results remembers the results there are now, and tells whether the aggregator has read them
    /// @param settle how long results may take from the workers' commit to the aggregator
    /// @return how many were given up
    public int reconsiderMissing(
            Outstanding pool, long limit, Supplier<BooleanSupplier> results, Instant now, Duration settle) {
        boolean held = !isFullyDispatched();
        if (hasWork(limit) || !pool.isPast(sentUpTo) || (held && !missing.anyBelow(next))) {
            missing.stirred();
            return 0;
        }
        int before = lost.size();
        missing.believed(results, now, settle, () -> cursorDue = true).stream()
                .filter(position -> position < next && !lost.contains(position))
                .forEach(position -> {
                    if (resent.getOrDefault(position, 0) < MOST_RESENDS) {
                        again.add(position);
                    } else {
                        giveUp(position);
                    }
                });
        return lost.size() - before;
    }

    /// What a successor must know. Positions that failed and were not sent yet hold it back.
    public DispatchCursor cursor(Instant now) {
        Map<String, Long> offsets = new TreeMap<>();
        sentUpTo.forEach((partition, end) -> offsets.put(Integer.toString(partition), end));
        Map<String, Integer> times = new TreeMap<>();
        resent.forEach((position, count) -> times.put(Long.toString(position), count));
        return DispatchCursor.newBuilder()
                .setRunId(id())
                .setPool(pool())
                .setNextPosition(unsent.isEmpty() ? next : Math.min(next, unsent.first()))
                .setPartitionOffsets(offsets)
                .setResent(times)
                .setLost(List.copyOf(lost))
                .setDone(isFullyDispatched())
                .setUpdatedAt(now)
                .build();
    }

    /// Whether the cursor changed and may be written; the last one is written at once.
    public boolean isCursorDue(Instant now, Duration interval) {
        return cursorDue && (isFullyDispatched() || !now.isBefore(cursorWritten.plus(interval)));
    }

    public void cursorWritten(Instant now) {
        cursorDue = false;
        cursorWritten = now;
    }

    /// The cursor did not arrive.
    public void cursorFailed() {
        cursorDue = true;
    }
}
