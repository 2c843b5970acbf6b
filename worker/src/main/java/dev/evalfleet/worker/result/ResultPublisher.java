package dev.evalfleet.worker.result;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes results, and returns only when the broker has them. An outage is waited for.
public final class ResultPublisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ResultPublisher.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Fleet fleet;
    private final Topic<SampleResult> topic;
    private final Producer<String, byte[]> producer;
    private final RareLog outage = new RareLog();

    public ResultPublisher(Fleet fleet, Producer<String, byte[]> producer) {
        this.fleet = fleet;
        this.topic = fleet.topics().results();
        this.producer = producer;
    }

    /// True when it is acknowledged; false when cancelled while the broker or the registry was away.
    public boolean publish(SampleResult result, Cancellation cancellation) throws InterruptedException {
        SampleResult sent = result;
        while (true) {
            Throwable problem = send(sent);
            if (problem == null) {
                return true;
            }
            if (problem instanceof RecordTooLargeException && sent.getPrompt() != null) {
                log.warn("result too large: origin={} cause={}", sent.getOrigin(), problem.getMessage());
                sent = Results.withoutText(sent, tooLarge(problem));
                continue;
            }
            outage.warn(log, "cannot publish results, tried again: cause=" + problem.getMessage());
            if (cancellation.await(PAUSE)) {
                return false;
            }
        }
    }

    private @Nullable Throwable send(SampleResult result) throws InterruptedException {
        String key = Ids.resultKey(result.getDatasetFingerprint(), result.getDocumentId());
        try {
            producer.send(fleet.record(topic, key, result)).get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (KafkaException | RegistryUnavailableException e) {
            return e;
        }
    }

    private static Failure tooLarge(Throwable problem) {
        return new Failure(
                FailureKind.INFRASTRUCTURE,
                "the result is larger than the broker takes, its text is left out: " + problem.getMessage(),
                "result_too_large");
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
