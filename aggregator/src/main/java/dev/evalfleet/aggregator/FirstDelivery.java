package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Delivery;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Lifetimes;
import dev.evalfleet.aggregator.streams.Sweep;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/// Tells the first result of a sample from its repeats. A sample is known by run and document, whoever delivers it;
/// results are keyed by document, so that a repeat meets its twin in this partition.
final class FirstDelivery implements Processor<String, SampleResult, String, Delivery> {
    static final String STORE = "first-deliveries";

    private final ProcessorContext<String, Delivery> context;
    private final KeyValueStore<String, Long> seen;

    private FirstDelivery(ProcessorContext<String, Delivery> context, StageOne stage) {
        this.context = context;
        this.seen = context.getStateStore(STORE);
        Lifetimes lifetimes = stage.lifetimes(context);
        Sweep<Long> sweep = new Sweep<>(
                seen, (runId, firstSeen) -> lifetimes.isOver(runId, firstSeen, context.currentSystemTimeMs()));
        context.schedule(Sweep.EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> sweep.run());
    }

    static ProcessorSupplier<String, SampleResult, String, Delivery> supplier(StageOne stage) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, SampleResult, String, Delivery> get() {
                return new Initialised<>(context -> new FirstDelivery(context, stage));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(stage.stores().store(STORE, Serdes.Long()));
            }
        };
    }

    @Override
    public void process(Record<String, SampleResult> record) {
        SampleResult result = record.value();
        String key = RowKey.of(result.getRunId(), result.getDocumentId());
        boolean repeated = seen.putIfAbsent(key, context.currentSystemTimeMs()) != null;
        context.forward(record.withValue(new Delivery(result, repeated)));
    }
}
