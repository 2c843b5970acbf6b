package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A process of its own, because only a process can be told to end.
class SignalTest {

    @Test
    void aSignalStopsTheServicesInReverseBeforeTheProcessEnds() throws Exception {
        Process process = start("one", "two");
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("start one");
            assertThat(output.readLine()).isEqualTo("start two");

            process.toHandle().destroy(); // SIGTERM; destroy() of the process would close its output too

            assertThat(output.lines()).startsWith("stop two", "stop one");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aServiceThatFailsEndsTheProcessWithACode() throws Exception {
        Process process = start("one", "failing");
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.lines())
                    .containsExactly("start one", "start failing", "stop failing", "stop one", "code 1");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(String... services) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        builder.command().addAll(List.of(services));
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /// The process.
    static final class Main {
        private Main() {}

        public static void main(String[] names) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            Service[] services = List.of(names).stream()
                    .map(name -> new PrintingService(name, out))
                    .toArray(Service[]::new);
            int code = Lifecycle.run(services);
            out.println("code " + code);
            System.exit(code);
        }
    }

    private record PrintingService(String name, PrintStream out) implements Service {
        @Override
        public void start() {
            out.println("start " + name);
            if (name.equals("failing")) {
                throw new OperatorException("cannot start");
            }
        }

        @Override
        public void close() {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos()); // a stop that takes a moment is waited for
            out.println("stop " + name);
        }
    }
}
