package dev.evalfleet.schemas;

import static dev.evalfleet.schemas.Topic.Cleanup.COMPACT;
import static dev.evalfleet.schemas.Topic.Cleanup.COMPACT_DELETE;
import static dev.evalfleet.schemas.Topic.Cleanup.DELETE;

import dev.evalfleet.schemas.Topic.Cleanup;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.BaselineScore;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import java.util.List;

/// The fleet's topics, in flow order. One writer each: the producer owns plans, samples and dispatch, workers own
/// results, the aggregator owns runs, metrics, alerts and baseline scores; anyone may write requests and control.
///
/// @param prefix put before every name
/// @param samplePartitions partitions of a pool's samples: the upper bound on that pool's workers
public record Topics(String prefix, int samplePartitions) {
    public static final String DEFAULT_PREFIX = "evalfleet.";
    public static final int DEFAULT_SAMPLE_PARTITIONS = 64;

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration QUARTER = Duration.ofDays(90);

    public Topics {
        if (samplePartitions < 1) {
            throw new IllegalArgumentException("topics.sample-partitions must be at least 1, was " + samplePartitions);
        }
        if (!prefix.matches("[a-zA-Z0-9._-]{0,100}")) {
            throw new IllegalArgumentException(
                    "topics.prefix must be at most 100 letters, digits, '.', '_' or '-', but is \"" + prefix + "\"");
        }
    }

    public static Topics standard() {
        return new Topics(DEFAULT_PREFIX, DEFAULT_SAMPLE_PARTITIONS);
    }

    /// Key: requestId.
    public Topic<EvalRequest> requests() {
        return topic("requests", EvalRequest.class, DELETE, MONTH, 6);
    }

    /// Key: runId, or requestId when the request was rejected.
    public Topic<RunPlan> plans() {
        return topic("plans", RunPlan.class, COMPACT_DELETE, QUARTER, 6);
    }

    /// Key: [Ids#sampleKey].
    public Topic<Sample> samples(String pool) {
        return topic("samples." + pool, Sample.class, DELETE, MONTH, samplePartitions);
    }

    /// Key: [Ids#resultKey].
    public Topic<SampleResult> results() {
        return topic("results", SampleResult.class, DELETE, MONTH, 12);
    }

    /// Key: as results.
    public Topic<BaselineScore> baselineScores() {
        return topic("baseline-scores", BaselineScore.class, COMPACT, Duration.ZERO, 12);
    }

    /// Key: runId or requestId.
    public Topic<RunState> runs() {
        return topic("runs", RunState.class, COMPACT_DELETE, QUARTER, 6);
    }

    /// Key: [Ids#metricKey].
    public Topic<Metric> metrics() {
        return topic("metrics", Metric.class, COMPACT_DELETE, QUARTER, 6);
    }

    /// Key: runId.
    public Topic<Alert> alerts() {
        return topic("alerts", Alert.class, DELETE, QUARTER, 6);
    }

    /// Key: runId or requestId. One partition: its owner is the active producer.
    public Topic<RunControl> control() {
        return topic("control", RunControl.class, COMPACT_DELETE, QUARTER, 1);
    }

    /// Key: runId.
    public Topic<DispatchCursor> dispatch() {
        return topic("dispatch", DispatchCursor.class, COMPACT_DELETE, QUARTER, 6);
    }

    /// Key: that of the origin. Original bytes; cause, origin and stage are headers.
    public Topic<byte[]> deadLetters() {
        return topic("dead-letters", byte[].class, DELETE, MONTH, 6);
    }

    /// Consumer group and application id of the aggregator, unless `aggregator.application-id` says otherwise.
    public String aggregator() {
        return prefix + "aggregator";
    }

    /// The consumer group of a pool's workers.
    public String workers(String pool) {
        return prefix + "workers." + pool;
    }

    /// All of them but the samples, which come with the pools.
    public List<Topic<?>> all() {
        return List.of(
                requests(),
                plans(),
                results(),
                baselineScores(),
                runs(),
                metrics(),
                alerts(),
                control(),
                dispatch(),
                deadLetters());
    }

    private <V> Topic<V> topic(String name, Class<V> type, Cleanup cleanup, Duration retention, int partitions) {
        return new Topic<>(prefix + name, type, cleanup, retention, partitions);
    }
}
