package dev.evalfleet.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.kafka.TopicFollower.Received;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.Extension.class)
class TopicsIT {

    @Test
    void topicsAreCreatedOnceAndAsDescribed(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Admin admin = fleet.kafka().admin()) {
            fleet.ensure(fleet.topics().all());
            assertThatCode(() -> fleet.ensure(fleet.topics().all())).doesNotThrowAnyException();

            ConfigResource plans = new ConfigResource(
                    ConfigResource.Type.TOPIC, fleet.topics().plans().name());
            var config = java.util.Objects.requireNonNull(admin.describeConfigs(List.of(plans))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .get(plans));
            assertThat(config.get("cleanup.policy").value()).isEqualTo("compact,delete");
            assertThat(config.get("retention.ms").value())
                    .isEqualTo(String.valueOf(Duration.ofDays(90).toMillis()));
        }
    }

    @Test
    void aTopicThatDiffersIsRefusedNamingEverySetting(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Admin admin = fleet.kafka().admin()) {
            String control = fleet.topics().control().name();
            String requests = fleet.topics().requests().name();
            admin.createTopics(List.of(
                            new NewTopic(control, 3, (short) 1).configs(Map.of("cleanup.policy", "compact,delete")),
                            new NewTopic(requests, 6, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            assertThatThrownBy(() -> fleet.ensure(
                            List.of(fleet.topics().control(), fleet.topics().requests())))
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining(control + ": partitions must be 1, but the topic has 3")
                    .hasMessageContaining(
                            requests + ": cleanup.policy must be \"delete\", but the topic has \"compact\"");
        }
    }

    @Test
    void aDeadLetterKeepsItsBytesAndSaysWhereItCameFromAndWhy(SharedBroker broker) {
        try (Fleet fleet = broker.fleet();
                DeadLetters letters = new DeadLetters(fleet)) {
            Topic<byte[]> topic = fleet.topics().deadLetters();
            fleet.ensure(List.of(topic));
            byte[] original = {1, 2, 3};

            letters.publish(new ConsumerRecord<>("samples.tiny", 3, 1182, "key", original), "worker", "no magic byte");

            ConsumerRecord<String, byte[]> kept = onlyRecordOf(fleet, topic);
            assertThat(kept.key()).isEqualTo("key");
            assertThat(kept.value()).isEqualTo(original);
            assertThat(header(kept, DeadLetters.ORIGIN)).isEqualTo("samples.tiny-3@1182");
            assertThat(header(kept, DeadLetters.CAUSE)).isEqualTo("no magic byte");
            assertThat(header(kept, DeadLetters.STAGE)).isEqualTo("worker");
        }
    }

    @Test
    void aRecordTooLargeToBeKeptLeavesItsPlaceInTheLetters(SharedBroker broker) {
        try (Fleet fleet = broker.fleet();
                DeadLetters letters = new DeadLetters(fleet)) {
            Topic<byte[]> topic = fleet.topics().deadLetters();
            fleet.ensure(List.of(topic));
            byte[] huge = new byte[5 * 1024 * 1024];

            letters.publish(new ConsumerRecord<>("requests", 0, 7, "key", huge), "planner", "x".repeat(100_000));

            ConsumerRecord<String, byte[]> kept = onlyRecordOf(fleet, topic);
            assertThat(kept.value()).isNull();
            assertThat(header(kept, DeadLetters.ORIGIN)).isEqualTo("requests-0@7");
            assertThat(header(kept, DeadLetters.CAUSE)).hasSize(2000);
            assertThat(header(kept, DeadLetters.DROPPED_BYTES)).isEqualTo(String.valueOf(huge.length));
        }
    }

    @Test
    void aFollowerReadsWhatIsThereAndThenWhatComes(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            Topic<RunControl> control = fleet.topics().control();
            fleet.ensure(List.of(control));
            producer.send(fleet.record(control, "r1", cancel("r1"))).get(30, TimeUnit.SECONDS);
            List<Received<RunControl>> received = Collections.synchronizedList(new ArrayList<>());

            try (TopicFollower follower = new TopicFollower(fleet, "follower").on(control, received::add)) {
                follower.start();
                follower.awaitCaughtUp(Duration.ofSeconds(30));
                assertThat(received).extracting(Received::key).containsExactly("r1");

                producer.send(fleet.record(control, "r2", cancel("r2"))).get(30, TimeUnit.SECONDS);
                producer.send(fleet.tombstone(control, "r1")).get(30, TimeUnit.SECONDS);
                await().untilAsserted(() -> assertThat(received).hasSize(3));

                assertThat(received.get(1).value()).isEqualTo(cancel("r2"));
                assertThat(received.get(2).value()).isNull();
                assertThat(received.get(2).offset()).isEqualTo(2);
            }
        }
    }

    @Test
    void aFollowerSkipsWhatItCannotDecode(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            Topic<RunControl> control = fleet.topics().control();
            fleet.ensure(List.of(control));
            producer.send(new ProducerRecord<>(control.name(), "bad", new byte[] {9, 9}))
                    .get(30, TimeUnit.SECONDS);
            producer.send(fleet.record(control, "good", cancel("good"))).get(30, TimeUnit.SECONDS);
            List<String> keys = Collections.synchronizedList(new ArrayList<>());

            try (TopicFollower follower =
                    new TopicFollower(fleet, "follower").on(control, record -> keys.add(record.key()))) {
                follower.start();
                follower.awaitCaughtUp(Duration.ofSeconds(30));

                assertThat(keys).containsExactly("good");
            }
        }
    }

    @Test
    void aFollowerWithoutItsTopicSaysSo(SharedBroker broker) {
        try (Fleet fleet = broker.fleet();
                TopicFollower follower =
                        new TopicFollower(fleet, "follower").on(fleet.topics().control(), _ -> {})) {
            follower.start();

            assertThatThrownBy(() -> follower.awaitCaughtUp(Duration.ofSeconds(90)))
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining(
                            "There is no topic " + fleet.topics().control().name());
            assertThat(follower.ended()).isCompletedExceptionally();
        }
    }

    @Test
    void aHandlerThatThrowsEndsTheFollower(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            Topic<RunControl> control = fleet.topics().control();
            fleet.ensure(List.of(control));
            producer.send(fleet.record(control, "r1", cancel("r1"))).get(30, TimeUnit.SECONDS);

            try (TopicFollower follower = new TopicFollower(fleet, "follower").on(control, _ -> {
                throw new IllegalStateException("broken handler");
            })) {
                follower.start();

                await().untilAsserted(() -> assertThat(follower.ended()).isCompletedExceptionally());
            }
        }
    }

    private static RunControl cancel(String id) {
        return RunControl.newBuilder()
                .setId(id)
                .setAction(ControlAction.CANCEL)
                .setAt(Instant.EPOCH)
                .build();
    }

    private static ConsumerRecord<String, byte[]> onlyRecordOf(Fleet fleet, Topic<?> topic) {
        try (Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < topic.partitions(); i++) {
                partitions.add(new TopicPartition(topic.name(), i));
            }
            reader.assign(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            await().untilAsserted(() -> {
                reader.poll(Duration.ofMillis(200)).forEach(records::add);
                assertThat(records).hasSize(1);
            });
            return records.getFirst();
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
