package dev.evalfleet.local.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.dispatch.DispatchSettings;
import dev.evalfleet.producer.dispatch.Dispatcher;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.Routing;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.Extension.class)
class DispatcherIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final PoolCatalogue POOLS = new PoolCatalogue(List.of(
            new Pool("p", List.of("m"), 8, 8, 4, 32, 64, Routing.Policy.LEAST_OUTSTANDING, null, null, 4, false)));

    @Test
    void everyPositionIsDispatchedOnce(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher dispatcher = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 500));
            run.work();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(positions(0, 500)));
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
            assertThat(dispatcher.ready()).isTrue();
        }
    }

    @Test
    void aGroupHasALagBeforeItsFirstWorkerHasRunAndNeverMoreThanTheWindow(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 500));

            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            assertThat(lag(fleet)).isEqualTo(64);
        }
    }

    @Test
    void aSuccessorGoesOnAtTheCursorOfOneThatStopped(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 300));
            try (Dispatcher _ = started(fleet)) {
                await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            }
            try (Dispatcher _ = started(fleet)) {
                run.work();
                await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 300);
            }
            assertThat(run.positions("q/t/a")).containsExactlyInAnyOrderElementsOf(positions(0, 300));
        }
    }

    @Test
    void afterACrashOnlyWhatFollowsTheCursorIsSent(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet)) {
            run.publish(
                    fleet.topics().dispatch(),
                    "q/t/a",
                    DispatchCursor.newBuilder()
                            .setRunId("q/t/a")
                            .setPool("p")
                            .setNextPosition(250)
                            .setUpdatedAt(Instant.now())
                            .build());
            run.plan(DispatchedRun.plan("q/t/a", 300));
            run.work();
            try (Dispatcher _ = started(fleet)) {
                await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 50);
            }
            assertThat(run.positions("q/t/a")).containsExactlyInAnyOrderElementsOf(positions(250, 300));
        }
    }

    @Test
    @SuppressWarnings("try") // the first is closed while the second stands by
    void anotherProducerStandsByAndTakesOver(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Fleet otherFleet = broker.fleet(fleet.topics().prefix());
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher first = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 2_000));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            try (Dispatcher second = started(otherFleet)) {
                await().atMost(PATIENCE).until(second::ready);
                assertThat(openRuns(otherFleet)).isZero();

                run.work();
                await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") > 100);
                first.close();

                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 2_000);
            }
            assertThat(run.positions("q/t/a")).containsExactlyInAnyOrderElementsOf(positions(0, 2_000));
        }
    }

    @Test
    void aCancelledRequestGetsNoMoreThanItsWindow(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 10_000));
            run.plan(DispatchedRun.plan("r/t/a", 100));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") > 0);
            run.publish(
                    fleet.topics().control(),
                    "q",
                    RunControl.newBuilder()
                            .setId("q")
                            .setAction(ControlAction.CANCEL)
                            .setAt(Instant.now())
                            .build());
            await().atMost(PATIENCE).until(() -> openRuns(fleet) == 1);

            run.work();
            await().atMost(PATIENCE).until(() -> run.positions("r/t/a").size() == 100);

            assertThat(run.positions("q/t/a")).hasSizeLessThanOrEqualTo(64);
        }
    }

    @Test
    void aMissingPositionIsSentAgain(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 100));
            run.work();
            await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() == 100);
            run.publish(
                    fleet.topics().runs(),
                    "q/t/a",
                    RunState.newBuilder()
                            .setId("q/t/a")
                            .setKind(StateKind.RUN)
                            .setRequestId("q")
                            .setStatus(RunStatus.RUNNING)
                            .setMissingPositions(List.of(42L))
                            .setUsage(Usage.newBuilder().build())
                            .setUpdatedAt(Instant.now())
                            .build());

            await().atMost(PATIENCE).until(() -> run.received().size() > 100);
            assertThat(run.received().getLast().getPosition()).isEqualTo(42);
            assertThat(run.received().getLast().getSendCount()).isEqualTo(1);
        }
    }

    @Test
    void finishedRecordsAreDeleted(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 100));
            run.work();

            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                            offsets(fleet, OffsetSpec.earliest()))
                    .isEqualTo(100));
        }
    }

    @Test
    void aPoolWithWorkAndNoWorkerRaisesAnAlertOnce(SharedBroker broker) throws Exception {
        List<Alert> alerts = new CopyOnWriteArrayList<>();
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet);
                TopicFollower following =
                        new TopicFollower(fleet, "alerts").on(fleet.topics().alerts(), at -> alerts.add(at.value()))) {
            following.start();
            run.plan(DispatchedRun.plan("q/t/a", 500));
            await().atMost(PATIENCE).until(() -> !alerts.isEmpty());
            run.work();
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));

            assertThat(alerts).singleElement().satisfies(alert -> {
                assertThat(alert.getKind()).isEqualTo(AlertKind.STALLED);
                assertThat(alert.getMessage())
                        .contains("pool \"p\" has stalled: 64 samples wait", "no worker is there");
            });
        }
    }

    @Test
    void offsetsOfAGroupThatWasDeletedAreRestoredWithoutSkippingWork(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 200));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            try (Admin admin = fleet.kafka().admin()) {
                admin.deleteConsumerGroups(List.of(fleet.topics().prefix() + "workers.p"))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }

            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(lag(fleet))
                    .isEqualTo(64));
            run.work();
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
            await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 200);
            assertThat(run.positions("q/t/a")).containsExactlyInAnyOrderElementsOf(positions(0, 200));
        }
    }

    @Test
    void aTopicThatWasDeletedIsMadeAgainAndTheRestIsSent(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 200));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            try (Admin admin = fleet.kafka().admin()) {
                admin.deleteTopics(List.of(fleet.topics().samples("p").name()))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") > 64);
            run.work();
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
            await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 136);
            run.publish(
                    fleet.topics().runs(),
                    "q/t/a",
                    RunState.newBuilder()
                            .setId("q/t/a")
                            .setKind(StateKind.RUN)
                            .setRequestId("q")
                            .setStatus(RunStatus.RUNNING)
                            .setMissingPositions(positions(0, 64))
                            .setUsage(Usage.newBuilder().build())
                            .setUpdatedAt(Instant.now())
                            .build());

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(run.positions("q/t/a")).containsAll(positions(0, 200)));
        }
    }

    private static Dispatcher started(Fleet fleet) {
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

    private static double openRuns(Fleet fleet) {
        return fleet.meters().get("evalfleet.open.runs").gauge().value();
    }

    private static List<Long> positions(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static long lag(Fleet fleet) throws Exception {
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

    private static long offsets(Fleet fleet, OffsetSpec which) throws Exception {
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
