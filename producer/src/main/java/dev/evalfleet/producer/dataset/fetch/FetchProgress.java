package dev.evalfleet.producer.dataset.fetch;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Is told how a download goes.
@FunctionalInterface
public interface FetchProgress {
    /// Called after every piece, often.
    ///
    /// @param done bytes that are here
    /// @param total bytes in all; -1: the server does not say
    void at(String what, long done, long total);

    /// Lines in the log: at the end, and every ten seconds until then.
    static FetchProgress logging() {
        return new FetchProgress() {
            private static final Logger LOG = LoggerFactory.getLogger(FetchProgress.class);
            private static final Duration EVERY = Duration.ofSeconds(10);
            private Instant last = Instant.now();

            @Override
            public synchronized void at(String what, long done, long total) {
                Instant now = Instant.now();
                if (done == total || last.plus(EVERY).isBefore(now)) {
                    last = now;
                    LOG.info("fetching file={} bytes={} of={}", what, done, total < 0 ? "unknown" : total);
                }
            }
        };
    }
}
