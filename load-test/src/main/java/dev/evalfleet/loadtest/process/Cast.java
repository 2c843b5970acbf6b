package dev.evalfleet.loadtest.process;

import java.time.Duration;

/// Who is on the stage, and how work is dealt out.
///
/// @param brokers one, or three that keep three copies of everything
/// @param concurrency calls a worker has under way at once
/// @param lowMark samples outstanding in the pool below which the producer sends more
/// @param highMark and up to which it sends
/// @param latency of one answer of the model
public record Cast(
        int brokers,
        int producers,
        int workers,
        int aggregators,
        int concurrency,
        int lowMark,
        int highMark,
        Duration latency) {

    public static final int SAMPLE_PARTITIONS = 12;

    public static Cast standard() {
        return new Cast(1, 1, 3, 1, 16, 96, 192, Duration.ofMillis(60));
    }

    public Cast withBrokers(int count) {
        return new Cast(count, producers, workers, aggregators, concurrency, lowMark, highMark, latency);
    }

    public Cast withProducers(int count) {
        return new Cast(brokers, count, workers, aggregators, concurrency, lowMark, highMark, latency);
    }

    public Cast withWorkers(int count) {
        return new Cast(brokers, producers, count, aggregators, concurrency, lowMark, highMark, latency);
    }

    public Cast withAggregators(int count) {
        return new Cast(brokers, producers, workers, count, concurrency, lowMark, highMark, latency);
    }

    /// Samples that one worker may have read and not finished.
    public int inFlight() {
        return 2 * concurrency;
    }
}
