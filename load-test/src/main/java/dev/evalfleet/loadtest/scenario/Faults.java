package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Folders;
import dev.evalfleet.loadtest.stage.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/// The single faults that scenarios are made of, each with what it may cost in repeated inferences.
final class Faults {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofMillis(2500);
    private static final String TURN = "dispatching pools=";

    private Faults() {}

    /// SIGKILL, and a new process a moment later, as an orchestrator would.
    static void killWorker(Stage stage) throws InterruptedException {
        Member worker = stage.any(Role.WORKER);
        stage.mayRepeat(inFlightAndUncommitted(stage));
        stage.mark("SIGKILL of " + worker.name(), Proof.OUTSTANDING_ANSWERED);
        worker.kill();
        stage.pause(SOON, LATER);
        worker.start();
    }

    /// SIGSTOP for longer than its session lasts: others take over, and then it wakes and believes it still owns
    /// everything.
    static void pauseWorker(Stage stage) throws InterruptedException {
        Member worker = stage.any(Role.WORKER);
        stage.mayRepeat(2L * inFlightAndUncommitted(stage));
        stage.mark("SIGSTOP of " + worker.name(), Proof.OUTSTANDING_ANSWERED);
        worker.pause();
        stage.pause(Duration.ofSeconds(8), Duration.ofSeconds(10));
        worker.resume();
    }

    static void killActiveProducer(Stage stage) throws InterruptedException {
        Member active = activeProducer(stage);
        stage.mayRepeat(sentSinceCursor(stage.cast()));
        stage.mark("SIGKILL of " + active.name(), Proof.SENT);
        active.kill();
        stage.pause(SOON, LATER);
        active.start();
    }

    static void killAggregator(Stage stage) throws InterruptedException {
        Member aggregator = stage.any(Role.AGGREGATOR);
        stage.mark("SIGKILL of " + aggregator.name(), Proof.COUNTED);
        aggregator.kill();
        stage.pause(Duration.ZERO, LATER);
        aggregator.start();
    }

    static void wipeAggregator(Stage stage) throws InterruptedException {
        Member aggregator = stage.any(Role.AGGREGATOR);
        stage.mark("SIGKILL of " + aggregator.name() + ", state wiped", Proof.COUNTED);
        aggregator.kill();
        try {
            Folders.delete(aggregator.folder());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        stage.pause(Duration.ZERO, LATER);
        aggregator.start();
    }

    static void killBroker(Stage stage) throws InterruptedException {
        Member broker = stage.processes().broker(1);
        stage.mayRepeat(withoutBroker(stage));
        broker.kill();
        stage.pause(Duration.ofMillis(500), Duration.ofSeconds(4));
        broker.start();
        stage.processes().awaitInfrastructure();
        stage.mark("SIGKILL of the broker, and back", Proof.OUTSTANDING_ANSWERED);
    }

    /// What is asked again when nobody could commit for a while, and no cursor was written.
    static long withoutBroker(Stage stage) {
        return stage.cast().workers() * inFlightAndUncommitted(stage) + sentSinceCursor(stage.cast());
    }

    /// What a worker had under way, and what it had finished since its last commit.
    static long inFlightAndUncommitted(Stage stage) {
        return 2L * stage.cast().inFlight() + stage.cast().highMark();
    }

    /// What may be sent again after the last cursor that was written.
    static long sentSinceCursor(Cast cast) {
        return 3L * cast.highMark();
    }

    /// The producer that said last that it dispatches.
    static Member activeProducer(Stage stage) {
        return stage.processes().of(Role.PRODUCER).stream()
                .filter(Member::isUp)
                .max(Comparator.comparing(Faults::lastTurn))
                .orElseThrow();
    }

    private static String lastTurn(Member producer) {
        Path log = producer.log();
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(TURN))
                    .reduce((_, later) -> later)
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
