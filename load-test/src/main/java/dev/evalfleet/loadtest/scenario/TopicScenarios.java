package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Hand;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import dev.evalfleet.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// Somebody writes to the topics what should not be there, or what was there before.
final class TopicScenarios {
    private static final int UNKNOWN_SCHEMA = 987_654;
    private static final int LARGE = 20 << 20;

    private TopicScenarios() {}

    static List<Scenario> all() {
        Cast cast = Cast.standard();
        return List.of(
                Scenario.of(
                        "poison-records",
                        "garbage, unknown schema, null, tombstone, 20 MB on requests, samples, results and control",
                        cast,
                        Expected.ALL_SCORED,
                        TopicScenarios::poison),
                Scenario.of(
                        "duplicate-requests",
                        "the request again and again, samples and results replayed, also after the end",
                        cast.withProducers(2),
                        Expected.ALL_SCORED,
                        TopicScenarios::duplicates),
                Scenario.of(
                        "cancel-during-crash",
                        "cancelled while a worker, the active producer and the aggregator are dead",
                        cast.withProducers(2),
                        Expected.CANCELLED,
                        TopicScenarios::cancel));
    }

    static void poison(Stage stage) throws InterruptedException {
        List<Topic<?>> poisoned = poisoned(stage);
        stage.reach(0.15);
        for (Topic<?> topic : poisoned) {
            small(stage, topic);
        }
        stage.mark("poison", Proof.COUNTED);
        stage.reach(0.4);
        for (Topic<?> topic : poisoned) {
            large(stage, topic);
        }
        stage.mark("20 MB of poison", Proof.COUNTED);
        stage.reach(0.6);
        for (Role role : List.of(Role.WORKER, Role.PRODUCER, Role.AGGREGATOR)) {
            stage.any(role).terminate(); // whoever starts anew meets it again
        }
        stage.mayRepeat(Faults.inFlightAndUncommitted(stage));
        stage.processes().startAll();
    }

    /// The topics that somebody else than their readers writes to.
    static List<Topic<?>> poisoned(Stage stage) {
        var topics = stage.topics();
        return List.of(topics.requests(), topics.samples(Configs.POOL), topics.results(), topics.control());
    }

    static void small(Stage stage, Topic<?> topic) {
        Hand hand = stage.hand();
        byte[] garbage = new byte[500];
        stage.random().nextBytes(garbage);
        hand.raw(topic, "poison", garbage);
        hand.raw(topic, "poison", new byte[0]);
        hand.raw(topic, "poison", framed(UNKNOWN_SCHEMA, garbage));
        hand.raw(topic, "poison", framed(1, garbage));
        hand.raw(topic, "poison", null);
        hand.raw(topic, Stage.REQUEST, null);
        if (topic.cleanup() == Topic.Cleanup.DELETE) { // a compacted topic takes no record without a key
            hand.raw(topic, null, garbage);
            hand.raw(topic, null, null);
        }
    }

    static void large(Stage stage, Topic<?> topic) {
        byte[] garbage = new byte[LARGE];
        stage.random().nextBytes(garbage);
        stage.hand().allowLargeRecords(topic);
        stage.hand().raw(topic, "large", garbage);
    }

    private static byte[] framed(int schemaId, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .put((byte) 0)
                .putInt(schemaId)
                .put(payload)
                .array();
    }

    private static void duplicates(Stage stage) throws InterruptedException {
        submitAgain(stage);
        stage.reach(0.2);
        submitAgain(stage);
        stage.mayRepeat(replaySamples(stage));
        stage.hand().replay(stage.topics().results(), 400);
        stage.reach(0.4);
        Faults.killActiveProducer(stage);
        submitAgain(stage);
        stage.reach(0.7);
        stage.mayRepeat(replaySamples(stage));
        stage.awaitEnd(Stage.REQUEST, Duration.ofMinutes(10));
        submitAgain(stage);
        stage.mayRepeat(replaySamples(stage));
        stage.hand().replay(stage.topics().results(), 300);
        stage.pause(Duration.ofSeconds(4), Duration.ofSeconds(6));
    }

    private static void submitAgain(Stage stage) {
        stage.hand().submit(Stage.REQUEST, Stage.TASK, Configs.MODELS);
    }

    static int replaySamples(Stage stage) {
        return stage.hand().replay(stage.topics().samples(Configs.POOL), 200);
    }

    private static void cancel(Stage stage) throws InterruptedException {
        stage.reach(0.25);
        List<Member> dead = List.of(stage.any(Role.WORKER), Faults.activeProducer(stage), stage.any(Role.AGGREGATOR));
        dead.forEach(Member::kill);
        stage.mayRepeat(Faults.inFlightAndUncommitted(stage) + Faults.sentSinceCursor(stage.cast()));
        stage.hand().cancel(Stage.REQUEST);
        long before = stage.results();
        stage.mark("SIGKILL of three, and cancelled", Proof.COUNTED);
        stage.pause(Duration.ofMillis(500), Duration.ofSeconds(3));
        dead.forEach(Member::start);
        stage.awaitEnd(Stage.REQUEST, Duration.ofMinutes(10));
        stage.pause(Duration.ofSeconds(3), Duration.ofSeconds(4));
        long wasted = stage.results() - before;
        long most = 2L * stage.cast().highMark();
        if (wasted > most) {
            stage.finding(new Finding(
                    Finding.Kind.WRONG,
                    Stage.REQUEST,
                    "%d results came after it was cancelled, the window holds %d".formatted(wasted, most),
                    1));
        }
    }
}
