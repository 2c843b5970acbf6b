package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.SkippedException;
import dev.evalfleet.loadtest.stage.Stage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The machine below plays tricks: a full disk, a clock that jumps. Skipped, with the reason, where that cannot be
/// arranged.
final class MachineScenarios {
    private static final List<Path> FAKETIME = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

    private MachineScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        "disk-full",
                        "no space left for the aggregator's state, and space again",
                        Cast.standard(),
                        Expected.ALL_SCORED,
                        MachineScenarios::diskFull),
                Scenario.of(
                                "clock-jump",
                                "the clocks of a worker and of the aggregator jump by hours, forward and back",
                                Cast.standard(),
                                Expected.ALL_SCORED,
                                MachineScenarios::clockJump)
                        .unsubmitted());
    }

    private static void diskFull(Stage stage) throws InterruptedException, SkippedException, IOException {
        Member aggregator = stage.any(Role.AGGREGATOR);
        aggregator.terminate();
        Path disk = aggregator.folder();
        mount(disk);
        try {
            aggregator.start();
            stage.reach(0.3);
            Path filler = disk.resolve("filler");
            fill(filler);
            stage.reach(0.6);
            stage.pause(Duration.ofSeconds(2), Duration.ofSeconds(5));
            Files.delete(filler);
            stage.mark("space for the aggregator again", Proof.COUNTED);
            stage.awaitEnd(Stage.REQUEST, Duration.ofMinutes(10));
            stage.pause(Duration.ofSeconds(2), Duration.ofSeconds(3));
        } finally {
            aggregator.kill();
            run("umount", disk.toString());
        }
        aggregator.start(); // with nothing on its disk
    }

    private static void mount(Path folder) throws InterruptedException, SkippedException, IOException {
        Files.createDirectories(folder);
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder.toString());
        if (!refusal.isEmpty()) {
            throw new SkippedException("a small disk cannot be mounted here: " + refusal);
        }
    }

    // Writes until nothing fits any more.
    private static void fill(Path filler) {
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // that is what was wanted
        }
    }

    private static void clockJump(Stage stage) throws InterruptedException, SkippedException, IOException {
        Path library = FAKETIME.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new SkippedException(
                        "libfaketime is not installed (Debian, Ubuntu: apt-get install libfaketime)"));
        List<Member> fooled = List.of(
                stage.processes().of(Role.WORKER).getFirst(),
                stage.processes().of(Role.AGGREGATOR).getFirst());
        for (Member member : fooled) {
            member.terminate();
            clock(member, "+0");
            member.variable("LD_PRELOAD", library.toString());
            member.variable("FAKETIME_TIMESTAMP_FILE", clockFile(member).toString());
            member.variable("FAKETIME_CACHE_DURATION", "1");
            member.variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            // Else every timed wait of a JVM returns at once, and its threads spin until the time has passed.
            member.variable("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        }
        stage.processes().startAll();
        stage.hand().submit(Stage.REQUEST, Stage.TASK, dev.evalfleet.loadtest.process.Configs.MODELS);
        for (String offset : List.of("+3h", "-2h", "+0")) {
            stage.reach(offset.equals("+3h") ? 0.2 : offset.equals("-2h") ? 0.45 : 0.7);
            stage.mayRepeat(Faults.inFlightAndUncommitted(stage)); // the worker is missed, or ends
            stage.mark("clocks at " + offset, Proof.OUTSTANDING_ANSWERED);
            for (Member member : fooled) {
                clock(member, offset);
            }
        }
    }

    private static Path clockFile(Member member) {
        return member.folder().resolveSibling(member.name() + ".clock");
    }

    private static void clock(Member member, String offset) throws IOException {
        Files.writeString(clockFile(member), offset + "\n");
    }

    /// @return what it complained about; empty when it went well
    private static String run(String... command) throws InterruptedException, IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        boolean ended = process.waitFor(10, TimeUnit.SECONDS);
        return ended && process.exitValue() == 0 ? "" : said.isEmpty() ? String.join(" ", command) : said;
    }
}
