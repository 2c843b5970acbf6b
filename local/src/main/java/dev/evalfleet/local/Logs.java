package dev.evalfleet.local;

import java.util.Arrays;
import java.util.Set;

/// How much is logged, decided before the first logger exists: the processes say what they do,
/// the other commands only what goes wrong.
final class Logs {

    private static final Set<String> PROCESSES = Set.of("producer", "worker", "aggregator", "dashboard");

    private Logs() {}

    static void configure(String... args) {
        boolean process = Arrays.stream(args).filter(arg -> !arg.startsWith("-")).findFirst().filter(PROCESSES::contains).isPresent();
        boolean verbose = Arrays.asList(args).contains("--verbose");
        level("evalfleet.log.level", verbose ? "DEBUG" : process ? "INFO" : "WARN");
        level("evalfleet.log.libraries", verbose ? "WARN" : process ? "WARN" : "OFF");
    }

    private static void level(String property, String level) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, level);
        }
    }
}
