package dev.evalfleet.local.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.dispatch.log.KafkaDispatchLog;
import dev.evalfleet.runtime.kafka.Fleet;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// When the dispatcher believes the aggregator that a result is missing.
@ExtendWith(SharedBroker.Extension.class)
class AggregatorReadingIT {

    @Test
    void resultsAreReadOnlyWhenWhatTheAggregatorMadeOfThemIsReadToo(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Admin admin = fleet.kafka().admin();
                KafkaDispatchLog log = new KafkaDispatchLog(fleet)) {
            fleet.ensure(List.of(fleet.topics().results()));
            TopicPartition results = new TopicPartition(fleet.topics().results().name(), 0);
            TopicPartition own = new TopicPartition(fleet.topics().aggregator() + "-outcomes-repartition", 0);
            admin.createTopics(List.of(new NewTopic(own.topic(), 1, (short) 1)))
                    .all()
                    .get();
            write(fleet, results, Map.of(), 3);
            read(fleet, admin, results, 0);

            BooleanSupplier isRead = log.resultsRead();
            assertThat(isRead.getAsBoolean()).isFalse();

            write(fleet, own, Map.of("transactional.id", "t-" + own.topic()), 2);
            read(fleet, admin, results, 3);
            assertThat(isRead.getAsBoolean()).isFalse();

            read(fleet, admin, own, 2);
            assertThat(isRead.getAsBoolean()).isTrue();
        }
    }

    @Test
    void withoutAnAggregatorNothingIsWaitedFor(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                KafkaDispatchLog log = new KafkaDispatchLog(fleet)) {
            fleet.ensure(List.of(fleet.topics().results()));

            assertThat(log.resultsRead().getAsBoolean()).isTrue();
        }
    }

    @Test
    void whereNoResultWasEverWrittenNothingIsWaitedFor(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                KafkaDispatchLog log = new KafkaDispatchLog(fleet)) {
            assertThat(log.resultsRead().getAsBoolean()).isTrue();
        }
    }

    private static void write(Fleet fleet, TopicPartition to, Map<String, Object> how, int records) throws Exception {
        try (Producer<String, byte[]> producer = fleet.kafka().producer(how)) {
            if (!how.isEmpty()) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            for (int record = 0; record < records; record++) {
                producer.send(new ProducerRecord<>(to.topic(), to.partition(), "k", new byte[0]))
                        .get();
            }
            if (!how.isEmpty()) {
                producer.commitTransaction();
            }
        }
    }

    private static void read(Fleet fleet, Admin admin, TopicPartition partition, long upTo) throws Exception {
        admin.alterConsumerGroupOffsets(fleet.topics().aggregator(), Map.of(partition, new OffsetAndMetadata(upTo)))
                .all()
                .get();
    }
}
