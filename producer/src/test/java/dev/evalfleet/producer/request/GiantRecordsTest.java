package dev.evalfleet.producer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GiantRecordsTest {
    private static final TopicPartition CALM = new TopicPartition("requests", 0);
    private static final TopicPartition GIANT = new TopicPartition("requests", 1);

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");

    @BeforeEach
    void assign() {
        consumer.assign(List.of(CALM, GIANT));
        consumer.updateBeginningOffsets(Map.of(CALM, 0L, GIANT, 0L));
        consumer.addRecord(new ConsumerRecord<>("requests", 0, 0, "calm", new byte[1]));
        consumer.addRecord(new ConsumerRecord<>("requests", 1, 1, "after", new byte[1]));
        consumer.position(CALM);
        consumer.position(GIANT);
    }

    @Test
    void onlyTheRecordThatHasNoRoomIsSteppedOver() {
        for (int poll = 0; poll < 2; poll++) {
            consumer.schedulePollTask(() -> {
                if (!consumer.paused().contains(GIANT)) {
                    throw new OutOfMemoryError("Java heap space");
                }
            });
        }

        GiantRecords.Stepped stepped = GiantRecords.stepOver(consumer, Duration.ZERO);

        assertThat(stepped.over()).containsExactly(GIANT);
        assertThat(stepped.read()).singleElement().satisfies(record -> assertThat(record.key())
                .isEqualTo("calm"));
        assertThat(consumer.position(GIANT)).isOne();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(CALM, GIANT);
    }

    @Test
    void whatElseGoesWrongIsNotTakenForAGiant() {
        consumer.setPollException(new TopicAuthorizationException("requests"));

        assertThatThrownBy(() -> GiantRecords.stepOver(consumer, Duration.ZERO))
                .isInstanceOf(TopicAuthorizationException.class);
    }
}
