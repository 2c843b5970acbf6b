package dev.evalfleet.runtime.kafka;

import dev.evalfleet.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What cannot be processed, kept as it came, with cause, origin (`topic-partition@offset`) and stage as headers.
public final class DeadLetters implements AutoCloseable {
    public static final String CAUSE = "evalfleet-cause";
    public static final String ORIGIN = "evalfleet-origin";
    public static final String STAGE = "evalfleet-stage";

    /// Only on letters whose value was too large to be kept: how many bytes it had.
    public static final String DROPPED_BYTES = "evalfleet-dropped-bytes";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int LONGEST_CAUSE = 2000;
    private static final int LARGEST_VALUE = KafkaConfig.MAX_RECORD_BYTES - 64 * 1024; // leaves room for the others
    private static final int LONGEST_KEY = 4_000;
    private static final int LARGEST_HEADERS = 16 * 1024;
    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(1);

    private final Fleet fleet;
    private final Topic<byte[]> topic;
    private @Nullable Producer<String, byte[]> producer;

    public DeadLetters(Fleet fleet) {
        this.fleet = fleet;
        this.topic = fleet.topics().deadLetters();
    }

    /// Whether a value is larger than a letter may be; it is left out then, and [#DROPPED_BYTES] says how long it was.
    public static boolean isTooLarge(byte @Nullable [] value) {
        return value != null && value.length > LARGEST_VALUE;
    }

    /// Returns when the broker has it, so that the origin may be committed past.
    ///
    /// @throws KafkaException when it could not be kept; the origin must be read again then
    public synchronized void publish(ConsumerRecord<String, byte[]> origin, String stage, String cause) {
        String at = origin.topic() + "-" + origin.partition() + "@" + origin.offset();
        ProducerRecord<String, byte[]> letter = letter(origin);
        header(letter, CAUSE, cause.length() <= LONGEST_CAUSE ? cause : cause.substring(0, LONGEST_CAUSE));
        header(letter, ORIGIN, at);
        header(letter, STAGE, stage);
        send(letter, at);
        fleet.meters().counter("evalfleet.dead.letters", "stage", stage).increment();
        LOG.warn("dead-lettered origin={} stage={} cause=\"{}\"", at, stage, cause);
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
            producer = null;
        }
    }

    // A record may have come compressed and be larger than what may be sent, in each of its parts. It must not block
    // its partition for that.
    @SuppressWarnings("NullAway") // a record without a key or a value is one with null
    private ProducerRecord<String, byte[]> letter(ConsumerRecord<String, byte[]> origin) {
        byte @Nullable [] value = origin.value();
        String key = origin.key();
        String kept = key == null || key.length() <= LONGEST_KEY ? key : key.substring(0, LONGEST_KEY);
        if (value != null && isTooLarge(value)) {
            ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic.name(), kept, null);
            header(letter, DROPPED_BYTES, String.valueOf(value.length));
            return letter;
        }
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic.name(), kept, value);
        if (size(origin.headers()) <= LARGEST_HEADERS) {
            origin.headers().forEach(letter.headers()::add);
        }
        return letter;
    }

    private static int size(Headers headers) {
        int size = 0;
        for (Header header : headers) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    private void send(ProducerRecord<String, byte[]> letter, String at) {
        try {
            producer().send(letter).get();
        } catch (ExecutionException e) {
            throw new KafkaException("could not dead-letter " + at, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while dead-lettering " + at, e);
        }
    }

    // Made with the first letter: most processes never write one.
    private Producer<String, byte[]> producer() {
        if (producer == null) {
            int millis = Math.toIntExact(DELIVERY_TIMEOUT.toMillis());
            producer = fleet.kafka()
                    .producer(Map.of(
                            ProducerConfig.LINGER_MS_CONFIG,
                            0,
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            millis,
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                            millis,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                            millis / 2));
        }
        return producer;
    }

    private static void header(ProducerRecord<String, byte[]> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
