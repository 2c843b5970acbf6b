package dev.evalfleet.aggregator.streams;

import java.time.Duration;
import java.util.function.LongPredicate;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/// A wall-clock tick that goes on only while there is something to do. Each tick makes its task commit, and under
/// exactly-once every commit is a transaction: an idle fleet has none.
public final class Ticker {
    private final ProcessorContext<?, ?> context;
    private final Duration interval;
    private final LongPredicate action;
    private @Nullable Cancellable schedule;

    /// @param action what is done at a time; says whether it is to be done again
    public Ticker(ProcessorContext<?, ?> context, Duration interval, LongPredicate action) {
        this.context = context;
        this.interval = interval;
        this.action = action;
    }

    /// There is something to do.
    public void wake() {
        if (schedule == null) {
            schedule = context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, this::tick);
        }
    }

    private void tick(long now) {
        if (!action.test(now) && schedule != null) {
            schedule.cancel();
            schedule = null;
        }
    }
}
