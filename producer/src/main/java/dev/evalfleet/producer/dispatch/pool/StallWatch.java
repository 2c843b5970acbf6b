package dev.evalfleet.producer.dispatch.pool;

import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices a pool that has work and finishes nothing, and says so once for each standstill.
final class StallWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);

    private final String pool;
    private final Duration patience;
    private long finished = -1;
    private @Nullable Instant waitingSince;
    private boolean stalled;

    StallWatch(String pool, Duration patience) {
        this.pool = pool;
        this.patience = patience;
    }

    /// @param wanted whether anybody waits for the work: what is left of cancelled runs is nobody's loss
    /// @param workers asked only for an alert
    /// @return what is to be said, when the pool has stalled just now
    @Nullable
    Alert observe(Outstanding outstanding, boolean wanted, Instant now, IntSupplier workers) {
        boolean working = outstanding.finished() != finished;
        boolean idle = outstanding.total() == 0 || !wanted;
        finished = outstanding.finished();
        if (idle || working || waitingSince == null) {
            if (stalled) {
                LOG.info("pool is no longer stalled pool={} outstanding={}", pool, outstanding.total());
            }
            waitingSince = idle ? null : now;
            stalled = false;
            return null;
        }
        if (stalled || now.isBefore(waitingSince.plus(patience))) {
            return null;
        }
        stalled = true;
        return alert(outstanding, waitingSince, now, workers.getAsInt());
    }

    boolean isStalled() {
        return stalled;
    }

    /// Its id is that of the standstill: whichever producer notices that nothing was finished after so many samples
    /// says the same.
    private Alert alert(Outstanding outstanding, Instant since, Instant now, int workers) {
        String message = "pool \"%s\" has stalled: %d samples wait and nothing was finished since %s; %s"
                .formatted(
                        pool, outstanding.total(), since.truncatedTo(ChronoUnit.SECONDS), advice(outstanding, workers));
        LOG.warn("{}", message);
        return Alert.newBuilder()
                .setAlertId("stalled/pool/" + pool + "/" + outstanding.finished())
                .setKind(AlertKind.STALLED)
                .setRunId("pool/" + pool)
                .setRequestId("")
                .setClaim(Claim.DATASET)
                .setMessage(message)
                .setN(outstanding.finished())
                .setRaisedAt(now)
                .build();
    }

    private String advice(Outstanding outstanding, int workers) {
        if (workers == 0) {
            return "no worker is there: start one for pool \"" + pool
                    + "\", or see why the autoscaler does not (it sees" + " a lag of " + outstanding.lag() + ")";
        }
        return (workers == 1 ? "1 worker is" : workers + " workers are")
                + " there: /ready of each says what it waits for";
    }
}
