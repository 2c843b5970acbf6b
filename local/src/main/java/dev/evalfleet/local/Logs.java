package dev.evalfleet.local;

import java.util.Arrays;
import java.util.Set;

/// How much is logged, decided before the first logger exists: the processes say what they do,
/// the other commands only what goes wrong.
final class Logs {

    private static final Set<String> PROCESSES = Set.of("producer", "worker", "aggregator", "dashboard");

    private Logs() {}

    static void configure(String... args) {
        boolean process = Arrays.stream(args)
                .filter(arg -> !arg.startsWith("-"))
                .findFirst()
                .filter(PROCESSES::contains)
                .isPresent();
        boolean verbose = Arrays.asList(args).contains("--verbose");
        level("EVALFLEET_LOG_LEVEL", verbose ? "DEBUG" : process ? "INFO" : "WARN");
        level("EVALFLEET_LOG_LIBRARIES", verbose || process ? "WARN" : "OFF");
    }

    /// A variable of this name, which logback.xml also knows, wins.
    private static void level(String name, String level) {
        if (System.getenv(name) == null && System.getProperty(name) == null) {
            System.setProperty(name, level);
        }
    }
}
