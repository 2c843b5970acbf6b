package dev.evalfleet.local.interop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/// What tests need from a Maven repository beyond their class path: servers that nobody here wrote. Fetched once, kept
/// under `target`; where it cannot be had, the test that asks is skipped and says why.
final class MavenFiles {
    private static final Path HOME = Path.of("target", "peers").toAbsolutePath();
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:";
    private static final long PATIENCE_MINUTES = 5;

    private MavenFiles() {}

    /// The unpacked archive.
    static Path archive(String artifact, String name) {
        Path folder = HOME.resolve(name);
        return fetched(folder, List.of(PLUGIN + "unpack", "-Dartifact=" + artifact, "-DoutputDirectory=" + folder));
    }

    /// The jars of a Kafka broker of a version.
    static Path kafka(String version) {
        Path folder = HOME.resolve("kafka-" + version);
        return fetched(
                folder,
                List.of(
                        "-f",
                        Path.of("..", "interop", "kafka", "pom.xml")
                                .toAbsolutePath()
                                .toString(),
                        PLUGIN + "copy-dependencies",
                        "-Dkafka.version=" + version,
                        "-DincludeScope=runtime",
                        "-DoutputDirectory=" + folder));
    }

    private static synchronized Path fetched(Path folder, List<String> goal) {
        Path complete = folder.resolveSibling(folder.getFileName() + ".complete");
        if (!Files.exists(complete)) {
            // What is in the local repository needs no network, and no network must be no reason to wait.
            String reason = run(goal, "-o").isEmpty() ? "" : run(goal, "-U");
            if (!reason.isEmpty()) {
                throw new TestAbortedException("%s cannot be had: %s".formatted(folder.getFileName(), reason));
            }
            touch(complete);
        }
        return folder;
    }

    /// @return why it failed; empty when it did not
    private static String run(List<String> goal, String mode) {
        String home = System.getProperty("evalfleet.maven");
        String maven = home == null ? "mvn" : Path.of(home, "bin", "mvn").toString();
        List<String> command = new ArrayList<>(List.of(maven, "-B", "-q", "-ntp", mode));
        command.addAll(goal);
        try {
            Files.createDirectories(HOME);
            File log = HOME.resolve("maven.log").toFile();
            ProcessBuilder process = new ProcessBuilder(command)
                    .directory(HOME.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log);
            process.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process running = process.start();
            if (!running.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                running.destroyForcibly();
                return "Maven did not fetch it in " + PATIENCE_MINUTES + " minutes";
            }
            return running.exitValue() == 0 ? "" : firstError(log.toPath());
        } catch (IOException e) {
            return "Maven cannot be run: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static String firstError(Path log) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("[ERROR]")).findFirst().orElse("Maven failed without a word");
        }
    }

    private static void touch(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
