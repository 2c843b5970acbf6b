package dev.evalfleet.producer.request;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads past records that have no room in memory. A broker bounds what a record weighs compressed, and some kilobytes
/// may unpack to gigabytes: the client asks for room for all of it before anybody sees its size.
final class GiantRecords {
    private static final Logger LOG = LoggerFactory.getLogger(GiantRecords.class);

    /// Where a record was stepped over, and what was read from other partitions meanwhile.
    record Stepped(List<TopicPartition> over, List<ConsumerRecord<String, byte[]>> read) {}

    private GiantRecords() {}

    /// To be called when a poll ran out of memory. Polls each partition alone to find the one it was.
    ///
    /// @param consumer takes one record per poll, so that its position is that of the record; left with all paused
    static Stepped stepOver(Consumer<String, byte[]> consumer, Duration poll) {
        Set<TopicPartition> assigned = consumer.assignment();
        List<TopicPartition> over = new ArrayList<>();
        List<ConsumerRecord<String, byte[]>> read = new ArrayList<>();
        for (TopicPartition partition : assigned) {
            consumer.pause(assigned);
            consumer.resume(List.of(partition));
            try {
                consumer.poll(poll).forEach(read::add);
            } catch (OutOfMemoryError | KafkaException e) {
                if (!isOfARecord(e)) {
                    throw e;
                }
                long at = consumer.position(partition);
                LOG.error(
                        "stepped over, no room in memory for it record={}@{} cause=\"{}\"",
                        partition,
                        at,
                        e.toString());
                consumer.seek(partition, at + 1);
                over.add(partition);
            }
        }
        consumer.pause(assigned);
        return new Stepped(over, read);
    }

    // The client remembers where it failed, and says so with an exception that is nothing more special than this.
    private static boolean isOfARecord(Throwable e) {
        return e instanceof OutOfMemoryError || e.getClass() == KafkaException.class;
    }
}
