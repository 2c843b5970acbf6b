package dev.evalfleet.worker.model;

import dev.evalfleet.worker.inference.Completion;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The calls of one model, under the names this field knows. Labels are bounded: models and endpoints come from the
/// configuration, statuses from [Completion].
final class CallMetrics implements AutoCloseable {

    private static final Duration[] LATENCIES =
            seconds(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300);
    private static final Duration[] FIRST_TOKENS = seconds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);

    private final MeterRegistry meters;
    private final String worker;
    private final String model;
    private final String endpoint;
    private final List<Meter> gauges = new ArrayList<>();
    private final Timer firstToken;
    private final Counter promptTokens;
    private final Counter outputTokens;

    CallMetrics(MeterRegistry meters, String worker, String model, String endpoint) {
        this.meters = meters;
        this.worker = worker;
        this.model = model;
        this.endpoint = endpoint;
        this.firstToken = Timer.builder("llm.time.to.first.token")
                .description("Time to the first streamed token")
                .tag("model", model)
                .serviceLevelObjectives(FIRST_TOKENS)
                .register(meters);
        this.promptTokens = tokens("llm.tokens.prompt", "Prompt tokens, as the model counted them");
        this.outputTokens = tokens("llm.tokens.generated", "Tokens generated");
    }

    private Counter tokens(String name, String description) {
        return Counter.builder(name)
                .description(description)
                .tag("model", model)
                .register(meters);
    }

    /// Figures of this worker alone: several workers may share the meters of one process.
    void watch(ConcurrencyLimit limit, Circuit circuit) {
        gauge("llm.active.requests", "Calls under way", limit::inFlight);
        gauge("llm.concurrency.limit", "Calls that may be under way at once", limit::current);
        gauge("llm.circuit.open", "1 while the model cannot be asked", () -> circuit.openReason() == null ? 0 : 1);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        gauges.add(Gauge.builder(name, value)
                .description(description)
                .tag("model", model)
                .tag("worker", worker)
                .register(meters));
    }

    /// The gauges go with what they show.
    @Override
    public void close() {
        gauges.forEach(meters::remove);
    }

    void ended(Completion completion, Duration took) {
        String where = endpoint;
        if (completion instanceof Completion.Answered answer) {
            where = answer.endpoint() == null ? endpoint : answer.endpoint();
            promptTokens.increment((double) answer.promptTokens());
            outputTokens.increment((double) answer.outputTokens());
            if (answer.timeToFirstToken() != null) {
                firstToken.record(answer.timeToFirstToken());
            }
            duration(where).record(answer.took());
        } else {
            duration(where).record(took);
        }
        Counter.builder("llm.requests")
                .description("Calls by how they ended")
                .tag("model", model)
                .tag("endpoint", where)
                .tag("status", status(completion))
                .register(meters)
                .increment();
    }

    private Timer duration(String where) {
        return Timer.builder("llm.request.duration")
                .description("Time of a call")
                .tag("model", model)
                .tag("endpoint", where)
                .serviceLevelObjectives(LATENCIES)
                .register(meters);
    }

    void retried(Completion completion) {
        Counter.builder("llm.retries")
                .description("Calls made again, by how the call before ended")
                .tag("model", model)
                .tag("status", status(completion))
                .register(meters)
                .increment();
    }

    static String status(Completion completion) {
        return switch (completion) {
            case Completion.Answered _ -> "ok";
            case Completion.Throttled _ -> "throttled";
            case Completion.Refused _ -> "refused";
            case Completion.Unsupported _ -> "unsupported";
            case Completion.TimedOut _ -> "timeout";
            case Completion.Broken _ -> "error";
            case Completion.Unavailable _ -> "unavailable";
            case Completion.Cancelled _ -> "cancelled";
        };
    }

    private static Duration[] seconds(double... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            durations[i] = Duration.ofNanos(Math.round(values[i] * 1e9));
        }
        return durations;
    }
}
