package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.outcome.RunEvent;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.run.RequestReport;
import dev.evalfleet.aggregator.streams.KeepLatest;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;

/// results ─▶ first deliveries ─▶ outcomes and pairs ─┐                  ┌▶ metrics
/// plans, dispatch, control ──────────────────────────┴▶ running metrics ┴▶ runs ─▶ request totals ─▶ runs
final class EvalTopology {
    static final String RUN_STATES = "run-states";
    static final String CONTROLS = "controls";

    private final Wiring wiring;

    EvalTopology(Wiring wiring) {
        this.wiring = wiring;
    }

    Topology build(Properties config) {
        var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(config)));
        var topics = wiring.topics();
        int partitions = topics.plans().partitions();
        KeepLatest.of(builder, topics.control().name(), CONTROLS, wiring.stores());
        KeepLatest.of(builder, topics.runs().name(), RUN_STATES, wiring.stores());

        // Stage 1, by document.
        StageOne stage = wiring.stageOne();
        KStream<String, FrozenBaselines.News> frozen = builder.stream(
                        topics.baselineScores().name(), wiring.read(topics.baselineScores(), "baseline-scores"))
                .process(FrozenBaselines.supplier(stage), Named.as("frozen-baselines"));
        frozen.filter((_, news) -> news instanceof FrozenBaselines.News.Froze, Named.as("newly-frozen"))
                .mapValues(news -> ((FrozenBaselines.News.Froze) news).score(), Named.as("frozen-scores-to-keep"))
                .to(topics.baselineScores().name(), wiring.writeFrozen("write-baseline-scores"));
        KStream<String, Outcome> outcomes = builder.stream(topics.results().name(), wiring.readResults("results"))
                .process(FirstDelivery.supplier(stage), Named.as("first-delivery"))
                .process(SamplePairing.supplier(stage), Named.as("sample-pairing"))
                .merge(pairs(frozen), Named.as("outcomes-and-frozen-pairs"))
                .repartition(Repartitioned.with(Serdes.String(), Outcome.CODEC)
                        .withName("outcomes")
                        .withNumberOfPartitions(partitions));

        // Stage 2, by run.
        KStream<String, RunPlan> plans = builder.stream(topics.plans().name(), wiring.read(topics.plans(), "plans"))
                .filter((_, plan) -> plan != null, Named.as("plans-not-deleted"));
        KStream<String, DispatchCursor> cursors = builder.stream(
                        topics.dispatch().name(), wiring.read(topics.dispatch(), "dispatch"))
                .filter((_, cursor) -> cursor != null, Named.as("cursors-not-deleted"));
        KStream<String, RunEvent> events = outcomes.<RunEvent>mapValues(RunEvent.Happened::new, Named.as("sample-news"))
                .merge(plans.mapValues(RunEvent.Planned::new, Named.as("plan-news")), Named.as("plans-and-samples"))
                .merge(cursors.mapValues(RunEvent.Dispatched::new, Named.as("dispatch-news")), Named.as("run-events"));
        KStream<String, Emission> emissions = events.process(wiring.stageTwo(), Named.as("running-metrics"));

        only(emissions, Emission.MetricChanged.class, "metric-changes")
                .mapValues(Emission.MetricChanged::metric, Named.as("metrics"))
                .to(topics.metrics().name(), wiring.write(topics.metrics(), "write-metrics"));
        only(emissions, Emission.RunChanged.class, "run-changes")
                .mapValues(Emission.RunChanged::state, Named.as("run-states-of-runs"))
                .to(topics.runs().name(), wiring.write(topics.runs(), "write-run-states"));
        only(emissions, Emission.Refused.class, "refusals")
                .mapValues(_ -> new byte[0], Named.as("dead-letters"))
                .to(topics.deadLetters().name(), wiring.write(topics.deadLetters(), "write-dead-letters"));

        only(emissions, Emission.Raised.class, "raised-alerts")
                .mapValues(Emission.Raised::alert, Named.as("alerts"))
                .to(topics.alerts().name(), wiring.write(topics.alerts(), "write-alerts"));
        only(emissions, Emission.Asked.class, "asked-of-runs")
                .mapValues(Emission.Asked::control, Named.as("run-controls"))
                .to(topics.control().name(), wiring.write(topics.control(), "write-run-controls"));

        // Stage 3, by request.
        KStream<String, Emission> totals = only(emissions, Emission.PartChanged.class, "part-changes")
                .mapValues(Emission.PartChanged::summary, Named.as("run-summaries"))
                .repartition(Repartitioned.with(Serdes.String(), RunSummary.CODEC)
                        .withName("summaries")
                        .withNumberOfPartitions(partitions))
                .process(wiring.stageThree(), Named.as("request-totals"));
        only(totals, Emission.RunChanged.class, "request-changes")
                .mapValues(Emission.RunChanged::state, Named.as("request-states"))
                .to(topics.runs().name(), wiring.write(topics.runs(), "write-request-states"));
        only(totals, Emission.Asked.class, "asked-of-baselines")
                .mapValues(Emission.Asked::control, Named.as("baseline-controls"))
                .to(topics.control().name(), wiring.write(topics.control(), "write-baseline-controls"));
        plans.filter((_, plan) -> plan.getStatus() == PlanStatus.REJECTED, Named.as("rejected-plans"))
                .mapValues(RequestReport::rejected, Named.as("rejected-requests"))
                .to(topics.runs().name(), wiring.write(topics.runs(), "write-rejections"));
        return builder.build(config);
    }

    private static KStream<String, Outcome> pairs(KStream<String, FrozenBaselines.News> frozen) {
        return frozen.filter((_, news) -> news instanceof FrozenBaselines.News.Pair, Named.as("frozen-pairs"))
                .mapValues(news -> ((FrozenBaselines.News.Pair) news).outcome(), Named.as("frozen-pair-outcomes"));
    }

    private static <E extends Emission> KStream<String, E> only(
            KStream<String, Emission> emissions, Class<E> type, String name) {
        return emissions
                .filter((_, emission) -> type.isInstance(emission), Named.as(name))
                .mapValues(type::cast, Named.as(name + "-typed"));
    }
}
