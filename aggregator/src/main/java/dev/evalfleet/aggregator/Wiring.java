package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.RunEvent;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.run.RunStores;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.streams.PatientSerde;
import dev.evalfleet.aggregator.streams.ResultSerde;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.aggregator.watch.Watches;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.BaselineScore;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// What the topology is made with, so that it shows the flow and nothing else.
record Wiring(
        Topics topics,
        SchemaRegistry registry,
        StoreKind stores,
        Pace pace,
        AlertSettings alerts,
        AggregatorMeters meters) {
    /// Below max.poll.interval.ms, beyond which Kafka would take the partitions away.
    private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(4);

    StageOne stageOne() {
        return new StageOne(
                stores,
                topics.runs().serde(registry),
                topics.control().serde(registry),
                pace.keptFor(),
                stores.store(SamplePairing.STORE, SamplePairing.Row.CODEC),
                stores.store(FrozenBaselines.STORE, FrozenScore.CODEC));
    }

    ProcessorSupplier<String, RunEvent, String, Emission> stageTwo() {
        Serde<RunControl> controls = patient(topics.control());
        Serde<RunState> states = patient(topics.runs());
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, RunEvent, String, Emission> get() {
                return new Initialised<>(context -> new RunningMetrics(
                        context,
                        pace,
                        alerts,
                        new Latest<>(context.getStateStore(EvalTopology.CONTROLS), controls.deserializer()),
                        new Latest<>(context.getStateStore(EvalTopology.RUN_STATES), states.deserializer()),
                        meters));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                Set<StoreBuilder<?>> builders = new HashSet<>(RunStores.builders(stores, patient(topics.plans())));
                builders.addAll(Watches.builders(stores));
                return builders;
            }
        };
    }

    ProcessorSupplier<String, RunSummary, String, Emission> stageThree() {
        return RequestTotals.supplier(stores, pace, patient(topics.control()));
    }

    <V> Consumed<String, V> read(Topic<V> topic, String name) {
        return Consumed.with(Serdes.String(), patient(topic)).withName("read-" + name);
    }

    Consumed<String, SampleResult> readResults(String name) {
        return Consumed.with(Serdes.String(), (Serde<SampleResult>) new ResultSerde(patient(topics.results())))
                .withName("read-" + name);
    }

    /// Frozen scores lie where the results of their document do, so that they meet.
    Produced<String, BaselineScore> writeFrozen(String name) {
        return Produced.<String, BaselineScore>streamPartitioner((_, key, _, partitions) -> {
                    byte[] document = key.substring(0, key.lastIndexOf('#')).getBytes(StandardCharsets.UTF_8);
                    return Optional.of(Set.of(Utils.toPositive(Utils.murmur2(document)) % partitions));
                })
                .withKeySerde(Serdes.String())
                .withValueSerde(patient(topics.baselineScores()))
                .withName(name);
    }

    <V> Produced<String, V> write(Topic<V> topic, String name) {
        return Produced.with(Serdes.String(), patient(topic)).withName(name);
    }

    private <V> Serde<V> patient(Topic<V> topic) {
        return new PatientSerde<>(topic.serde(registry), REGISTRY_PATIENCE);
    }
}
