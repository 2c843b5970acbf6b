package dev.evalfleet.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One process of the fleet. What ends by itself is started again, as an orchestrator would; what was killed stays
/// down until it is started.
public final class Member {
    private static final Duration GONE = Duration.ofSeconds(20);

    private final String name;
    private final Role role;
    private final List<String> command;
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> selfEnds = new ArrayList<>();
    private @Nullable Process process;
    private boolean wanted;
    private long peakKib;

    public Member(String name, Role role, List<String> command, Path folder) {
        this.name = name;
        this.role = role;
        this.command = List.copyOf(command);
        this.folder = folder;
    }

    public String name() {
        return name;
    }

    public Role role() {
        return role;
    }

    /// Where it keeps what outlives it; its log stands beside it.
    public Path folder() {
        return folder;
    }

    public Path log() {
        return folder.resolveSibling(name + ".log");
    }

    /// A variable of its environment, from its next start on.
    public synchronized void variable(String key, String value) {
        environment.put(key, value);
    }

    public synchronized void start() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("EVALFLEET_"));
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        try {
            Files.createDirectories(folder);
            process = builder.start();
            wanted = true;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started", e);
        }
    }

    /// SIGKILL: no word of farewell.
    public synchronized void kill() {
        if (process != null) {
            measure(process);
            wanted = false;
            process.destroyForcibly();
            awaitEnd(process);
        }
    }

    /// SIGTERM; returns when it is gone.
    public synchronized void terminate() {
        if (process != null) {
            measure(process);
            wanted = false;
            process.destroy();
            awaitEnd(process);
        }
    }

    /// SIGSTOP: it lives and does nothing.
    public void pause() {
        signal("STOP");
    }

    /// SIGCONT.
    public void resume() {
        signal("CONT");
    }

    public synchronized boolean isUp() {
        return process != null && process.isAlive();
    }

    /// How it ended without being told to, one line each.
    public synchronized List<String> selfEnds() {
        return List.copyOf(selfEnds);
    }

    /// Most memory it had resident so far, in MiB.
    public synchronized long peakMib() {
        return peakKib / 1024;
    }

    /// Measures it, and starts it again if it ended by itself.
    synchronized void look() {
        if (process == null || !wanted) {
            return;
        }
        if (process.isAlive()) {
            measure(process);
        } else {
            selfEnds.add("%s ended by itself with exit code %d".formatted(name, process.exitValue()));
            start();
        }
    }

    private void awaitEnd(Process ending) {
        try {
            if (!ending.waitFor(GONE.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
                selfEnds.add(name + " did not stop within " + GONE.toSeconds() + " s of SIGTERM");
            }
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void signal(String signal) {
        if (process == null) {
            return;
        }
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("SIG%s did not reach %s".formatted(signal, name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // The high-water mark as Linux keeps it; elsewhere there is none, and memory is bounded by the heap alone.
    private void measure(Process running) {
        Path status = Path.of("/proc", String.valueOf(running.pid()), "status");
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    peakKib = Math.max(peakKib, Long.parseLong(line.replaceAll("\\D", "")));
                }
            }
        } catch (IOException gone) {
            // it ended meanwhile, or this is no Linux
        }
    }
}
