package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.RunEvent;
import dev.evalfleet.aggregator.run.RunStores;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.streams.PatientSerde;
import dev.evalfleet.aggregator.streams.ResultSerde;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// What the topology is made with, so that it shows the flow and nothing else.
record Wiring(Topics topics, SchemaRegistry registry, StoreKind stores, Pace pace, AggregatorMeters meters) {
    /// Below max.poll.interval.ms, beyond which Kafka would take the partitions away.
    private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(4);

    StageOne stageOne() {
        return new StageOne(stores, topics.runs().serde(registry), pace.keptFor());
    }

    ProcessorSupplier<String, RunEvent, String, Emission> stageTwo() {
        Serde<RunControl> controls = patient(topics.control());
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, RunEvent, String, Emission> get() {
                return new Initialised<>(context -> new RunningMetrics(
                        context,
                        pace,
                        new Latest<>(context.getStateStore(EvalTopology.CONTROLS), controls.deserializer()),
                        meters));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return RunStores.builders(stores, patient(topics.plans()));
            }
        };
    }

    <V> Consumed<String, V> read(Topic<V> topic, String name) {
        return Consumed.with(Serdes.String(), patient(topic)).withName("read-" + name);
    }

    Consumed<String, SampleResult> readResults(String name) {
        return Consumed.with(Serdes.String(), (Serde<SampleResult>) new ResultSerde(patient(topics.results())))
                .withName("read-" + name);
    }

    <V> Produced<String, V> write(Topic<V> topic, String name) {
        return Produced.with(Serdes.String(), patient(topic)).withName(name);
    }

    private <V> Serde<V> patient(Topic<V> topic) {
        return new PatientSerde<>(topic.serde(registry), REGISTRY_PATIENCE);
    }
}
