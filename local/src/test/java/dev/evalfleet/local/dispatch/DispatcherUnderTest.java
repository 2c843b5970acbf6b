package dev.evalfleet.local.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.DispatchSettings;
import dev.evalfleet.producer.dispatch.Dispatcher;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.Routing;
import dev.evalfleet.producer.dispatch.TokenPrices;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// A dispatcher of pool `p`, with 4 partitions and marks at 32 and 64, and what the broker says of that pool.
final class DispatcherUnderTest {
    private static final PoolCatalogue POOLS = new PoolCatalogue(List.of(new Pool(
            "p", List.of("m"), 8, 8, 4, 32, 64, Routing.Policy.LEAST_OUTSTANDING, TokenPrices.NONE, 4, false)));

    private DispatcherUnderTest() {}

    static Dispatcher started(Fleet fleet) {
        DispatchSettings settings = DispatchSettings.from(Settings.of(Map.of(
                "dispatch",
                Map.of(
                        "tick",
                        "20ms",
                        "settle",
                        "500ms",
                        "cursor-interval",
                        "50ms",
                        "trim-interval",
                        "1s",
                        "stalled-after",
                        "1s"))));
        Dispatcher dispatcher = new Dispatcher(fleet, POOLS, DispatchedRun::samples, settings);
        dispatcher.start();
        return dispatcher;
    }

    static double openRuns(Fleet fleet) {
        return fleet.meters().get("evalfleet.open.runs").gauge().value();
    }

    static List<Long> positions(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    static long lag(Fleet fleet) throws Exception {
        try (Admin admin = fleet.kafka().admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                            fleet.topics().prefix() + "workers.p")
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            assertThat(committed).hasSize(4);
            long finished = committed.values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
            return offsets(fleet, OffsetSpec.latest()) - finished;
        }
    }

    static long offsets(Fleet fleet, OffsetSpec which) throws Exception {
        String topic = fleet.topics().samples("p").name();
        try (Admin admin = fleet.kafka().admin()) {
            Map<TopicPartition, OffsetSpec> asked = Map.of(
                    new TopicPartition(topic, 0), which,
                    new TopicPartition(topic, 1), which,
                    new TopicPartition(topic, 2), which,
                    new TopicPartition(topic, 3), which);
            return admin.listOffsets(asked).all().get(30, TimeUnit.SECONDS).values().stream()
                    .mapToLong(info -> info.offset())
                    .sum();
        }
    }
}
