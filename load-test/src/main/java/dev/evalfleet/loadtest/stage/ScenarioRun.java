package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.check.CheckReport;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.check.OfflineCheck;
import dev.evalfleet.loadtest.check.Resumption;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.loadtest.model.ModelServer;
import dev.evalfleet.loadtest.model.TaskFolder;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Patience;
import dev.evalfleet.loadtest.process.ProcessFleet;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;

/// Plays one scenario on a fleet of its own, waits for the end, and lets the offline checker judge what stands on the
/// topics.
///
/// @param folder for everything it writes; deleted when all is well
/// @param samples of the main request, over both models
public record ScenarioRun(Scenario scenario, Path folder, long samples, long seed, boolean keep) {
    private static final Duration END = Duration.ofMinutes(10);
    private static final Duration TOPICS = Duration.ofMinutes(5);
    private static final Duration SETTLED = Duration.ofMinutes(1);
    private static final Duration STILL = Duration.ofSeconds(2);

    /// @param running told the fleet while it runs, so that Ctrl-C can end it
    public Outcome play(AtomicReference<AutoCloseable> running) throws InterruptedException, IOException {
        Instant start = Instant.now();
        Folders.delete(folder);
        Path tasks = folder.resolve("tasks");
        TaskFolder.write(tasks, Stage.TASK, (int) (samples / Configs.MODELS.size()));
        try (ModelServer model =
                        ModelServer.start(Configs.MODELS, scenario.cast().latency(), seed);
                ProcessFleet processes = ProcessFleet.open(folder, scenario.cast(), tasks, model.url())) {
            running.set(processes);
            try (Stage stage =
                    new Stage(scenario.cast(), processes, model, processes.connect(), tasks, samples, seed)) {
                return outcome(stage, start);
            } catch (SkippedException e) {
                return Outcome.skipped(scenario.name(), seed, String.valueOf(e.getMessage()));
            }
        } finally {
            running.set(() -> {});
        }
    }

    private Outcome outcome(Stage stage, Instant start) throws InterruptedException, SkippedException, IOException {
        List<Finding> findings = new ArrayList<>();
        try {
            begin(stage);
            scenario.story().play(stage);
            stage.awaitEnd(Stage.REQUEST, END);
        } catch (InterruptedException | SkippedException e) {
            throw e;
        } catch (Exception e) {
            findings.add(new Finding(Finding.Kind.WRONG, scenario.name(), "the story broke off: " + e, 1));
        }
        History history = settled(stage);
        CheckReport report = OfflineCheck.of(history);
        findings.addAll(report.findings());
        findings.addAll(stage.findings());
        findings.addAll(expectations(stage, report));
        stage.processes().all().forEach(Member::kill);
        findings.addAll(memory(stage.processes()));
        boolean delete = findings.isEmpty() && !keep;
        Outcome outcome = new Outcome(
                scenario.name(),
                seed,
                report.accepted(),
                report.failed(),
                report.cancelled(),
                report.resent(),
                stage.model().repeatedAnswers(),
                stage.mostRepeats(),
                Resumption.longest(history, stage.faults()).orElse(null),
                Duration.between(start, Instant.now()),
                stage.processes().peaks(),
                stage.processes().all().stream()
                        .flatMap(member -> member.selfEnds().stream())
                        .toList(),
                findings,
                null,
                delete ? null : folder);
        if (delete) {
            Folders.delete(folder);
        }
        return outcome;
    }

    private void begin(Stage stage) throws InterruptedException {
        stage.hand().shortenSessions();
        stage.processes().startAll();
        try (Fleet fleet = stage.processes().connect()) {
            boolean there = Patience.until(TOPICS, () -> hasTopics(fleet));
            if (!there) {
                throw new IllegalStateException("the producer did not create the topics within " + TOPICS);
            }
        }
        if (scenario.submits()) {
            stage.hand().submit(Stage.REQUEST, Stage.TASK, Configs.MODELS);
        }
    }

    private static boolean hasTopics(Fleet fleet) {
        try (var admin = fleet.kafka().admin()) {
            return admin.listTopics()
                    .names()
                    .get()
                    .contains(fleet.topics().samples(Configs.POOL).name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException notYet) {
            return false;
        }
    }

    // What the last records say is there a moment after the end. It has to be right soon, and to stay right.
    private static History settled(Stage stage) throws InterruptedException {
        AtomicReference<History> last = new AtomicReference<>();
        Patience.until(SETTLED, () -> {
            try {
                History history = stage.reader().read();
                last.set(history);
                return OfflineCheck.of(history).holds();
            } catch (KafkaException | IllegalStateException away) {
                return false;
            }
        });
        Thread.sleep(STILL);
        return stage.reader().read();
    }

    private List<Finding> expectations(Stage stage, CheckReport report) {
        List<Finding> findings = new ArrayList<>();
        RunStatus status = stage.state(Stage.REQUEST)
                .map(dev.evalfleet.schemas.avro.RunState::getStatus)
                .orElse(RunStatus.PLANNED);
        boolean right =
                switch (scenario.expected()) {
                    case ALL_SCORED -> status == RunStatus.COMPLETED && report.failed() == 0;
                    case ALL_ENDED -> status == RunStatus.COMPLETED || status == RunStatus.INCOMPLETE;
                    case CANCELLED -> status == RunStatus.CANCELLED;
                };
        if (!right) {
            findings.add(new Finding(
                    Finding.Kind.WRONG,
                    Stage.REQUEST,
                    "ended as %s with %d failed samples, expected %s"
                            .formatted(status, report.failed(), scenario.expected()),
                    1));
        }
        if (stage.model().repeatedAnswers() > stage.mostRepeats()) {
            findings.add(new Finding(
                    Finding.Kind.WRONG,
                    Stage.REQUEST,
                    "%d inferences were repeated; the faults explain at most %d"
                            .formatted(stage.model().repeatedAnswers(), stage.mostRepeats()),
                    1));
        }
        return findings;
    }

    private static List<Finding> memory(ProcessFleet processes) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Member member : processes.all()) {
            Role role = member.role();
            if (member.peakMib() > role.mostResidentMib()) {
                findings.add(new Finding(
                        Finding.Kind.WRONG,
                        member.name(),
                        "had %d MiB resident, allowed are %d".formatted(member.peakMib(), role.mostResidentMib()),
                        1));
            }
            if (Folders.contains(member.log(), "OutOfMemoryError")) {
                findings.add(
                        new Finding(Finding.Kind.WRONG, member.name(), "ran out of its heap; see " + member.log(), 1));
            }
        }
        return findings;
    }
}
