package dev.evalfleet.aggregator.streams;

import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what cannot be decoded to the dead letters, as it came, with cause, origin and stage, and goes on. The
/// letter is part of the task's transaction: written exactly once. Anything else than an undecodable record stops the
/// process.
public final class DeadLetterHandler implements DeserializationExceptionHandler {
    /// Setting: the dead letter topic.
    public static final String TOPIC = "evalfleet.dead-letters.topic";
    /// Setting: a Runnable that counts.
    public static final String COUNTER = "evalfleet.dead-letters.counter";

    public static final String STAGE = "aggregator";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private String topic = "";
    private Runnable counter = () -> {};

    @Override
    public void configure(Map<String, ?> settings) {
        topic = String.valueOf(settings.get(TOPIC));
        if (settings.get(COUNTER) instanceof Runnable runnable) {
            counter = runnable;
        }
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        if (!(exception instanceof UndecodableException)) {
            return Response.fail();
        }
        String cause = String.valueOf(exception.getMessage());
        String origin = origin(record.topic(), record.partition(), record.offset());
        ProducerRecord<byte[], byte[]> letter = letter(record);
        mark(letter.headers(), origin, cause);
        counter.run();
        LOG.warn("dead-lettered origin={} stage={} cause=\"{}\"", origin, STAGE, cause);
        return Response.resume(List.of(letter));
    }

    // What is too large to be sent again must not stop the process, now and at every start.
    @SuppressWarnings("NullAway") // a record without a value is one with null
    private ProducerRecord<byte[], byte[]> letter(ConsumerRecord<byte[], byte[]> record) {
        if (DeadLetters.isTooLarge(record.value())) {
            ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, record.key(), null);
            byte[] length = String.valueOf(record.value().length).getBytes(StandardCharsets.UTF_8);
            letter.headers().add(DeadLetters.DROPPED_BYTES, length);
            return letter;
        }
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, record.key(), record.value());
        record.headers().forEach(letter.headers()::add);
        return letter;
    }

    public static String origin(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    /// The headers of a dead letter.
    public static void mark(Headers headers, String origin, String cause) {
        headers.add(DeadLetters.CAUSE, cause.getBytes(StandardCharsets.UTF_8));
        headers.add(DeadLetters.ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
        headers.add(DeadLetters.STAGE, STAGE.getBytes(StandardCharsets.UTF_8));
    }
}
