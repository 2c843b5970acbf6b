package dev.evalfleet.producer.dispatch;

import dev.evalfleet.runtime.Settings;
import java.time.Duration;
import java.util.Map;

/// How the dispatcher works, `producer.dispatch`.
///
/// @param tick pause between two looks at the pools
/// @param batch samples sent to a pool at most before the cursors are written
/// @param cursorInterval a run's cursor is written at most this often; after a crash what was sent since is repeated
/// @param openRuns runs whose spool is open at once; further ones wait for their turn
/// @param settle a missing position is sent again when its pool has been done with the run for this long
/// @param stalledAfter a pool with work that finishes nothing for this long is reported
/// @param trimInterval records below the commit point are deleted this often
/// @param spoolPatience a run whose samples cannot be had for now is given up after this
/// @param takeoverAfter another producer takes over from one that has been silent for this long
public record DispatchSettings(
        Duration tick,
        int batch,
        Duration cursorInterval,
        int openRuns,
        Duration settle,
        Duration stalledAfter,
        Duration trimInterval,
        Duration spoolPatience,
        Duration takeoverAfter) {

    public DispatchSettings {
        positive(tick, "tick");
        positive(settle, "settle");
        positive(stalledAfter, "stalled-after");
        positive(trimInterval, "trim-interval");
        positive(spoolPatience, "spool-patience");
        positive(takeoverAfter, "takeover-after");
        if (cursorInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "producer.dispatch.cursor-interval must not be negative, was " + cursorInterval);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("producer.dispatch.batch must be at least 1, was " + batch);
        }
        if (openRuns < 1) {
            throw new IllegalArgumentException("producer.dispatch.open-runs must be at least 1, was " + openRuns);
        }
    }

    public static DispatchSettings defaults() {
        return from(Settings.of(Map.of()));
    }

    /// Reads the `dispatch` of section `producer`.
    public static DispatchSettings from(Settings producer) {
        Settings dispatch = producer.section("dispatch");
        Duration tick = dispatch.duration("tick", Duration.ofMillis(100));
        int batch = dispatch.integer("batch", 2_000);
        Duration cursorInterval = dispatch.duration("cursor-interval", Duration.ofMillis(500));
        int openRuns = dispatch.integer("open-runs", 256);
        Duration settle = dispatch.duration("settle", Duration.ofSeconds(5));
        Duration stalledAfter = dispatch.duration("stalled-after", Duration.ofSeconds(30));
        Duration trimInterval = dispatch.duration("trim-interval", Duration.ofMinutes(1));
        Duration spoolPatience = dispatch.duration("spool-patience", Duration.ofMinutes(10));
        Duration takeoverAfter = dispatch.duration("takeover-after", Duration.ofSeconds(10));
        return dispatch.build(() -> new DispatchSettings(
                tick,
                batch,
                cursorInterval,
                openRuns,
                settle,
                stalledAfter,
                trimInterval,
                spoolPatience,
                takeoverAfter));
    }

    private static void positive(Duration duration, String key) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("producer.dispatch." + key + " must be positive, was " + duration);
        }
    }
}
