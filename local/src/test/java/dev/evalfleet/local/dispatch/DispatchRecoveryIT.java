package dev.evalfleet.local.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.dispatch.Dispatcher;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.DispatchCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Work goes on when offsets, topics, workers or producers are gone.
@ExtendWith(SharedBroker.Extension.class)
class DispatchRecoveryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
            try (Dispatcher _ = DispatcherUnderTest.started(fleet)) {
                await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 50);
            }
            assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(DispatcherUnderTest.positions(250, 300));
        }
    }

    @Test
    void aPoolWithWorkAndNoWorkerRaisesAnAlertOnce(SharedBroker broker) throws Exception {
        List<Alert> alerts = new CopyOnWriteArrayList<>();
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet);
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
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 200));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            try (Admin admin = fleet.kafka().admin()) {
                admin.deleteConsumerGroups(List.of(fleet.topics().prefix() + "workers.p"))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }

            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(DispatcherUnderTest.lag(fleet))
                    .isEqualTo(64));
            run.work();
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
            await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 200);
            assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(DispatcherUnderTest.positions(0, 200));
        }
    }

    @Test
    void aTopicThatWasDeletedIsMadeAgainAndTheRestIsSent(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
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
            run.misses("q/t/a", DispatcherUnderTest.positions(0, 64));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.positions("q/t/a"))
                    .containsAll(DispatcherUnderTest.positions(0, 200)));
        }
    }
}
