package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.run.OpenRuns;
import dev.evalfleet.aggregator.run.Reports;
import dev.evalfleet.aggregator.streams.DeadLetterHandler;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what became of runs: to the topics and to the meters.
final class RunVoice {
    private static final Logger LOG = LoggerFactory.getLogger(RunVoice.class);

    private final ProcessorContext<String, Emission> context;
    private final Reports reports;
    private final OpenRuns open;
    private final AggregatorMeters meters;

    RunVoice(ProcessorContext<String, Emission> context, Reports reports, OpenRuns open, AggregatorMeters meters) {
        this.context = context;
        this.reports = reports;
        this.open = open;
        this.meters = meters;
    }

    /// The metrics of these slices first, then the run's state: who reads of an end finds the numbers.
    void say(RunPlan plan, Set<String> slices) {
        Instant now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        for (Metric metric : reports.metrics(plan, slices, now)) {
            forward(
                    Ids.metricKey(metric.getRunId(), metric.getMetric(), metric.getFilter(), metric.getSlice()),
                    new Emission.MetricChanged(metric),
                    now);
            meters.metric(metric);
        }
        RunState state = reports.state(plan, open.missing(plan.getRunId()), now);
        forward(plan.getRunId(), new Emission.RunChanged(state), now);
        forward(plan.getRequestId(), new Emission.PartChanged(reports.summary(plan)), now);
        meters.run(state);
    }

    void raise(Alert alert) {
        forward(alert.getRunId(), new Emission.Raised(alert), alert.getRaisedAt());
        LOG.info("alert kind={} run={} message=\"{}\"", alert.getKind(), alert.getRunId(), alert.getMessage());
    }

    /// Asks everybody to stop a run: the dispatcher sends no more of it, workers skip the rest.
    void stop(String runId, String reason, Instant at) {
        forward(runId, new Emission.Asked(stopEarly(runId, reason, at)), at);
        LOG.info("stop early run={} reason=\"{}\"", runId, reason);
    }

    static RunControl stopEarly(String runId, String reason, Instant at) {
        return RunControl.newBuilder()
                .setId(runId)
                .setAction(ControlAction.STOP_EARLY)
                .setReason(reason)
                .setBy(RunWatcher.BY)
                .setAt(at)
                .build();
    }

    /// The letter names the origin, where the result's bytes are.
    void refuse(String runId, Outcome outcome, String cause) {
        Headers headers = new RecordHeaders();
        DeadLetterHandler.mark(headers, outcome.origin(), cause);
        context.forward(new Record<>(runId, new Emission.Refused(), context.currentSystemTimeMs(), headers));
        meters.deadLettered();
        LOG.warn("refused origin={} cause=\"{}\"", outcome.origin(), cause);
    }

    private void forward(String key, Emission emission, Instant now) {
        context.forward(new Record<>(key, emission, now.toEpochMilli()));
    }
}
