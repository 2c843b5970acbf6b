package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Patience;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/// Three brokers, of which the one that leads dies: first the leader of the cluster, then that of the most partitions
/// of the results. The fleet goes on with the two that are left.
final class ClusterScenario {
    private static final Duration IN_STEP = Duration.ofMinutes(3);

    private ClusterScenario() {}

    static Scenario scenario() {
        return Scenario.of(
                        "broker-leader-loss",
                        "three brokers: SIGKILL of the controller, then of the leader of most results",
                        Cast.standard().withBrokers(3),
                        Expected.ALL_SCORED,
                        ClusterScenario::play)
                .atNight();
    }

    private static void play(Stage stage) throws InterruptedException {
        try (Admin admin = stage.admin()) {
            stage.reach(0.15);
            goOnWithout(controller(admin), 0.35, stage);
            awaitInStep(admin, stage);
            stage.reach(0.5);
            goOnWithout(leaderOfMost(admin, stage), 0.7, stage);
            awaitInStep(admin, stage);
        }
    }

    // It stays away until the two others have done a part of the work.
    private static void goOnWithout(int node, double until, Stage stage) throws InterruptedException {
        Member leader = stage.processes().broker(node);
        stage.mayRepeat(Faults.withoutBroker(stage));
        stage.mark("SIGKILL of " + leader.name() + ", which leads", Proof.OUTSTANDING_ANSWERED);
        leader.kill();
        stage.reach(until);
        leader.start();
        stage.processes().awaitInfrastructure();
    }

    private static int controller(Admin admin) {
        return answered(() -> admin.describeMetadataQuorum().quorumInfo().get().leaderId());
    }

    private static int leaderOfMost(Admin admin, Stage stage) {
        List<Integer> leaders = partitions(admin, stage).stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(partition -> partition.leader().id())
                .toList();
        return leaders.stream()
                .max(java.util.Comparator.comparingLong(
                        node -> leaders.stream().filter(node::equals).count()))
                .orElseThrow();
    }

    // Another may die only when everybody has everything again: two of three is what the promise needs.
    private static void awaitInStep(Admin admin, Stage stage) throws InterruptedException {
        boolean inStep = Patience.until(IN_STEP, () -> partitions(admin, stage).stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition ->
                        partition.isr().size() == partition.replicas().size()));
        if (!inStep) {
            throw new IllegalStateException("the brokers were not in step again within " + IN_STEP);
        }
    }

    private static Collection<TopicDescription> partitions(Admin admin, Stage stage) {
        String results = stage.topics().results().name();
        return answered(() -> admin.describeTopics(List.of(results, "__consumer_offsets", "__transaction_state"))
                .allTopicNames()
                .get()
                .values());
    }

    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }

    private static <T> T answered(Question<T> question) {
        try {
            return question.ask();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the brokers do not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
