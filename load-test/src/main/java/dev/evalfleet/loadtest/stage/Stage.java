package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.check.FaultMark;
import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.history.HistoryReader;
import dev.evalfleet.loadtest.model.ModelServer;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Patience;
import dev.evalfleet.loadtest.process.ProcessFleet;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/// What a scenario has in its hands. Everything it draws comes from the seed; when things happen follows the run's
/// progress, so that a fault hits the same phase on a fast machine and on a slow one.
public final class Stage implements AutoCloseable {
    public static final String REQUEST = "faults";
    public static final String TASK = "colours";

    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Cast cast;
    private final ProcessFleet processes;
    private final ModelServer model;
    private final Fleet fleet;
    private final Hand hand;
    private final Progress progress;
    private final States states;
    private final HistoryReader reader;
    private final Random random;
    private final long samples;
    private final Path tasks;
    private final List<FaultMark> faults = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private long mostRepeats;

    Stage(Cast cast, ProcessFleet processes, ModelServer model, Fleet fleet, Path tasks, long samples, long seed) {
        this.cast = cast;
        this.processes = processes;
        this.model = model;
        this.fleet = fleet;
        this.hand = new Hand(fleet);
        this.progress = new Progress(fleet);
        this.states = new States(fleet);
        this.reader = new HistoryReader(fleet, Configs.POOL);
        this.random = new Random(seed);
        this.tasks = tasks;
        this.samples = samples;
    }

    public Cast cast() {
        return cast;
    }

    public ProcessFleet processes() {
        return processes;
    }

    public ModelServer model() {
        return model;
    }

    public Topics topics() {
        return fleet.topics();
    }

    /// A view of the brokers; whoever asks closes it.
    public Admin admin() {
        return fleet.kafka().admin();
    }

    public Hand hand() {
        return hand;
    }

    public Random random() {
        return random;
    }

    /// Samples of the main request.
    public long samples() {
        return samples;
    }

    /// Where tasks are looked for.
    public Path tasks() {
        return tasks;
    }

    /// Waits until about that share of the samples has results.
    ///
    /// @param share between 0 and 1; up to 0.04 more is drawn
    public void reach(double share) throws InterruptedException {
        reachResults((long) ((share + random.nextDouble() * 0.04) * samples));
    }

    /// Waits until there are that many results.
    public void reachResults(long count) throws InterruptedException {
        if (!Patience.until(LONGEST, () -> progress.results() >= count)) {
            throw new IllegalStateException("there were only %d results after %s, and %d were waited for"
                    .formatted(progress.results(), LONGEST, count));
        }
    }

    public long results() {
        return progress.results();
    }

    /// A pause between the two, drawn.
    public void pause(Duration least, Duration most) throws InterruptedException {
        Thread.sleep(random.nextLong(least.toMillis(), most.toMillis() + 1));
    }

    /// One of the role that is up, drawn.
    public Member any(Role role) {
        List<Member> up = processes.of(role).stream().filter(Member::isUp).toList();
        return up.get(random.nextInt(up.size()));
    }

    /// Notes that a fault happened, or that one that lasts is over, now.
    public void mark(String what, Proof proof) {
        FaultMark fault = new FaultMark(what, Instant.now(), proof);
        faults.add(fault);
        try {
            Files.writeString(
                    processes.folder().resolve("story.log"),
                    fault.at() + " " + what + " results=" + progress.results() + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Notes that a fault may have made the fleet ask that much again.
    public void mayRepeat(long inferences) {
        mostRepeats += inferences;
    }

    /// Notes what a scenario itself finds wrong.
    public void finding(Finding finding) {
        findings.add(finding);
    }

    /// The last state of a run or request.
    public Optional<RunState> state(String id) {
        try {
            return states.of(id);
        } catch (KafkaException | IllegalStateException | NullPointerException away) {
            return Optional.empty();
        }
    }

    /// Waits until a request has ended.
    ///
    /// @return whether it did in time
    public boolean awaitEnd(String requestId, Duration atMost) throws InterruptedException {
        return Patience.until(atMost, () -> {
            pauseBetweenLooks();
            return state(requestId)
                    .map(RunState::getStatus)
                    .filter(status -> status != RunStatus.PLANNED && status != RunStatus.RUNNING)
                    .isPresent();
        });
    }

    List<FaultMark> faults() {
        return faults;
    }

    List<Finding> findings() {
        return findings;
    }

    long mostRepeats() {
        return mostRepeats;
    }

    HistoryReader reader() {
        return reader;
    }

    private static void pauseBetweenLooks() {
        try {
            Thread.sleep(400);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        progress.close();
        states.close();
        hand.close();
        fleet.close();
    }
}
