package dev.evalfleet.producer.dispatch.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ActiveProducerTest {
    private static final TopicPartition CONTROL = new TopicPartition("control", 0);

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("latest");
    private final List<String> handedOver = new ArrayList<>();
    private final ActiveProducer producer =
            new ActiveProducer(consumer, "control", () -> handedOver.add("handed over"));

    @Test
    void itStandsByUntilItOwnsTheControlPartition() {
        assertThat(producer.poll(Duration.ZERO)).isFalse();

        own();
        assertThat(producer.poll(Duration.ZERO)).isTrue();
        assertThat(consumer.paused()).containsExactly(CONTROL);
    }

    @Test
    void itHandsOverBeforeAnotherTakesOver() {
        own();
        consumer.rebalance(List.of());

        assertThat(handedOver).containsExactly("handed over");
        assertThat(producer.poll(Duration.ZERO)).isFalse();
    }

    @Test
    void whatStoodByHasNothingToHandOver() {
        producer.close();

        assertThat(handedOver).isEmpty();
    }

    private void own() {
        consumer.updateEndOffsets(Map.of(CONTROL, 0L));
        consumer.rebalance(List.of(CONTROL));
    }
}
