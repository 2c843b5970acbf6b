package dev.evalfleet.worker.inference.scripted;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.worker.inference.BackendSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The script. Everything drawn is a pure function of the seed, the model and the document, and of the attempt for
/// failures, so that any order and any number of workers gives the same.
///
/// @param answer of a generated text, where `{target}` stands for the sample's first target
/// @param accuracy share of documents answered rightly
/// @param latency of a call
/// @param latencySigma spread of the latency: 0 is none, more is lognormal with that sigma and `latency` as its mean
/// @param failures share of calls that end so, by name: throttled, broken, timed-out, refused, unavailable
public record ScriptedSettings(
        String model,
        String answer,
        double accuracy,
        Duration latency,
        double latencySigma,
        Map<String, Double> failures,
        long seed)
        implements BackendSettings {

    static final Set<String> FAILURES = Set.of("throttled", "broken", "timed-out", "refused", "unavailable");

    public ScriptedSettings {
        failures = Map.copyOf(failures);
        requireShare("accuracy", accuracy);
        failures.forEach(ScriptedSettings::requireFailure);
        if (latency.isNegative() || latencySigma < 0) {
            throw new IllegalArgumentException(
                    "latency and latency-sigma must not be negative, but are " + latency + " and " + latencySigma);
        }
    }

    /// Answers every document rightly and at once.
    public static ScriptedSettings perfect(String model) {
        return new ScriptedSettings(model, "{target}", 1, Duration.ZERO, 0, Map.of(), 0);
    }

    public static ScriptedSettings from(Settings model) {
        String name = model.string("name");
        String answer = model.string("answer", "{target}");
        double accuracy = model.number("accuracy", 1);
        Duration latency = model.duration("latency", Duration.ZERO);
        double latencySigma = model.number("latency-sigma", 0);
        Map<String, String> failures = model.map("failures");
        long seed = model.whole("seed", 0);
        return model.build(
                () -> new ScriptedSettings(name, answer, accuracy, latency, latencySigma, numbers(failures), seed));
    }

    private static Map<String, Double> numbers(Map<String, String> texts) {
        Map<String, Double> numbers = new java.util.HashMap<>();
        texts.forEach((name, text) -> {
            try {
                numbers.put(name, Double.parseDouble(text));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("failures." + name + " must be a share, but is \"" + text + "\"", e);
            }
        });
        return numbers;
    }

    private static void requireFailure(String name, double share) {
        if (!FAILURES.contains(name)) {
            throw new IllegalArgumentException(
                    "failures." + name + " is not a way to fail; there are " + new TreeSet<>(FAILURES));
        }
        requireShare("failures." + name, share);
    }

    private static void requireShare(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(key + " must be between 0 and 1, but is " + value);
        }
    }

    @Override
    public ScriptedBackend open() {
        return new ScriptedBackend(this);
    }
}
