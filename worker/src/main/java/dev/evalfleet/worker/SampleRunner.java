package dev.evalfleet.worker;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UndecodableException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.model.Inference;
import dev.evalfleet.worker.model.ServedModel;
import dev.evalfleet.worker.result.RareLog;
import dev.evalfleet.worker.result.ResultPublisher;
import dev.evalfleet.worker.result.Results;
import dev.evalfleet.worker.scoring.SampleScorer;
import dev.evalfleet.worker.scoring.ScoringException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One sample: decode, infer, score, publish. Runs on the sample's own thread, and returns when the outcome is safe.
final class SampleRunner implements SampleLoop.Work {

    private static final Logger log = LoggerFactory.getLogger(SampleRunner.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofDays(1);

    /// Where undecodable records go.
    @FunctionalInterface
    interface DeadLetterBox {
        void keep(ConsumerRecord<String, byte[]> origin, String cause);
    }

    private final Fleet fleet;
    private final Topic<Sample> topic;
    private final Map<String, ServedModel> models;
    private final ResultPublisher publisher;
    private final DeadLetterBox deadLetters;
    private final CancelledRuns cancelledRuns;
    private final Results results;
    private final Cancellation stopping = new Cancellation();
    private final Map<String, Integer> waitingByUnknownModel = new ConcurrentHashMap<>();
    private final RareLog outage = new RareLog();

    SampleRunner(
            Fleet fleet,
            WorkerSettings settings,
            Map<String, ServedModel> models,
            ResultPublisher publisher,
            DeadLetterBox deadLetters,
            CancelledRuns cancelledRuns) {
        this.fleet = fleet;
        this.topic = fleet.topics().samples(settings.pool());
        this.models = models;
        this.publisher = publisher;
        this.deadLetters = deadLetters;
        this.cancelledRuns = cancelledRuns;
        this.results = new Results(settings.name(), settings.capture());
    }

    /// From now on no call starts: what waits is handed back, what is under way may end.
    void admitNoMore() {
        stopping.request();
        models.values().forEach(ServedModel::admitNoMore);
    }

    /// Models that samples ask for and this worker does not have.
    Set<String> unknownModels() {
        return Set.copyOf(waitingByUnknownModel.keySet());
    }

    @Override
    public boolean finish(ConsumerRecord<String, byte[]> read, Cancellation handedBack) throws InterruptedException {
        while (true) {
            try {
                Sample sample = fleet.decode(topic, read);
                if (sample == null) {
                    return deadLettered(read, "the record is empty (a tombstone); samples have a value", handedBack);
                }
                return finish(sample, origin(read), handedBack);
            } catch (UndecodableException e) {
                return deadLettered(read, String.valueOf(e.getMessage()), handedBack);
            } catch (RegistryUnavailableException e) {
                outage.warn(log, "cannot decode samples, tried again: cause=" + e.getMessage());
                if (givenUp(handedBack, PAUSE)) {
                    return false;
                }
            }
        }
    }

    private boolean finish(Sample sample, String origin, Cancellation handedBack) throws InterruptedException {
        while (!handedBack.requested() && !stopping.requested()) {
            if (cancelledRuns.contains(sample)) {
                return true;
            }
            Inference inference = inferUnlessUnwanted(sample, handedBack);
            if (inference != null) {
                return published(result(inference, origin), handedBack);
            }
        }
        return false;
    }

    private boolean published(SampleResult result, Cancellation handedBack) throws InterruptedException {
        if (!publisher.publish(result, handedBack)) {
            return false;
        }
        fleet.meters()
                .counter(
                        "evalfleet.worker.results",
                        "model",
                        result.getModel(),
                        "status",
                        result.getStatus().name())
                .increment();
        return true;
    }

    /// Null when it was given up: handed back, its run cancelled, or this worker stopping.
    private @Nullable Inference inferUnlessUnwanted(Sample sample, Cancellation handedBack)
            throws InterruptedException {
        Cancellation unwanted = new Cancellation();
        try (var _ = handedBack.onRequest(unwanted::request);
                var _ = cancelledRuns.watch(sample, unwanted)) {
            ServedModel model = models.get(sample.getModel());
            if (model != null) {
                return Inference.of(sample, model, unwanted);
            }
            awaitUnknownModel(sample, unwanted);
            return null;
        }
    }

    // Nobody is to blame but the configuration: the sample waits until its run is cancelled or a worker has the model.
    private void awaitUnknownModel(Sample sample, Cancellation unwanted) throws InterruptedException {
        String model = sample.getModel();
        if (waitingByUnknownModel.merge(model, 1, Integer::sum) == 1) {
            log.warn(
                    "samples for a model this worker does not have wait: model={} has={};"
                            + " add it to worker.models or cancel the run {}",
                    model,
                    models.keySet(),
                    sample.getRunId());
        }
        try {
            givenUp(unwanted, LONG);
        } finally {
            waitingByUnknownModel.computeIfPresent(model, (_, waiting) -> waiting == 1 ? null : waiting - 1);
        }
    }

    private SampleResult result(Inference inference, String origin) {
        Failure failure = inference.failure();
        if (failure != null) {
            return results.failed(inference, origin, failure);
        }
        try {
            return results.scored(inference, origin, SampleScorer.score(inference.sample(), inference.outputs()));
        } catch (ScoringException e) {
            return results.failed(inference, origin, scoringFailure(e.code(), String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            log.error("scoring failed inside the worker: origin={}", origin, e);
            return results.failed(inference, origin, scoringFailure("internal", "scoring failed: " + e));
        }
    }

    private static Failure scoringFailure(String code, String cause) {
        return new Failure(FailureKind.INFRASTRUCTURE, cause, code);
    }

    private boolean deadLettered(ConsumerRecord<String, byte[]> read, String cause, Cancellation handedBack)
            throws InterruptedException {
        while (true) {
            try {
                deadLetters.keep(read, cause);
                return true;
            } catch (KafkaException e) {
                if (e.getCause() instanceof RecordTooLargeException) {
                    log.error("dropped, too large even for dead letters: origin={} cause={}", origin(read), cause);
                    return true;
                }
                outage.warn(log, "cannot dead-letter " + origin(read) + ", tried again: cause=" + e.getMessage());
                if (givenUp(handedBack, PAUSE)) {
                    return false;
                }
            }
        }
    }

    /// Waits; true when the sample is unwanted here, or this worker stops.
    private boolean givenUp(Cancellation unwanted, Duration atMost) throws InterruptedException {
        Cancellation either = new Cancellation();
        try (var _ = unwanted.onRequest(either::request);
                var _ = stopping.onRequest(either::request)) {
            return either.await(atMost);
        }
    }

    private static String origin(ConsumerRecord<String, byte[]> read) {
        return read.topic() + "-" + read.partition() + "@" + read.offset();
    }
}
