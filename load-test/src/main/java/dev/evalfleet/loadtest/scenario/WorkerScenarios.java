package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import java.util.ArrayList;
import java.util.List;

/// Workers die, freeze, leave and come.
final class WorkerScenarios {
    private WorkerScenarios() {}

    static List<Scenario> all() {
        Cast cast = Cast.standard();
        return List.of(
                Scenario.of(
                        "worker-kill",
                        "SIGKILL of a worker, three times",
                        cast,
                        Expected.ALL_SCORED,
                        WorkerScenarios::kill),
                Scenario.of(
                        "worker-pause",
                        "SIGSTOP of a worker beyond its session, then SIGCONT, twice",
                        cast,
                        Expected.ALL_SCORED,
                        WorkerScenarios::pause),
                Scenario.of(
                        "worker-scale-in",
                        "SIGTERM of two workers, one after the other",
                        cast,
                        Expected.ALL_SCORED,
                        WorkerScenarios::scaleIn),
                Scenario.of(
                        "worker-churn",
                        "1 worker, then 4, then 1",
                        cast.withWorkers(1),
                        Expected.ALL_SCORED,
                        WorkerScenarios::churn));
    }

    private static void kill(Stage stage) throws InterruptedException {
        for (double share : List.of(0.15, 0.4, 0.65)) {
            stage.reach(share);
            Faults.killWorker(stage);
        }
    }

    private static void pause(Stage stage) throws InterruptedException {
        for (double share : List.of(0.15, 0.5)) {
            stage.reach(share);
            Faults.pauseWorker(stage);
        }
    }

    private static void scaleIn(Stage stage) throws InterruptedException {
        for (double share : List.of(0.2, 0.5)) {
            stage.reach(share);
            leave(stage);
        }
    }

    /// One worker is told to go.
    static void leave(Stage stage) {
        leave(stage.any(Role.WORKER), stage);
    }

    private static void leave(Member worker, Stage stage) {
        stage.mayRepeat(stage.cast().inFlight());
        stage.mark("SIGTERM of " + worker.name(), Proof.OUTSTANDING_ANSWERED);
        worker.terminate();
    }

    /// One worker more.
    static Member join(Stage stage) {
        Member worker = stage.processes().addWorker();
        stage.mayRepeat(Faults.inFlightAndUncommitted(stage)); // what is handed over is asked again
        worker.start();
        return worker;
    }

    private static void churn(Stage stage) throws InterruptedException {
        stage.reach(0.05);
        List<Member> joined = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            joined.add(join(stage));
        }
        stage.reach(0.5);
        for (Member worker : joined) {
            leave(worker, stage);
        }
    }
}
