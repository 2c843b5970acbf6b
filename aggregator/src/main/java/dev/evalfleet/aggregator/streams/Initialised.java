package dev.evalfleet.aggregator.streams;

import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// A processor that is made when its context is known, so that the real one has final fields and no half-made state.
public final class Initialised<KIn, VIn, KOut, VOut> implements Processor<KIn, VIn, KOut, VOut> {
    private final Function<ProcessorContext<KOut, VOut>, Processor<KIn, VIn, KOut, VOut>> maker;
    private @Nullable Processor<KIn, VIn, KOut, VOut> processor;

    public Initialised(Function<ProcessorContext<KOut, VOut>, Processor<KIn, VIn, KOut, VOut>> maker) {
        this.maker = maker;
    }

    @Override
    public void init(ProcessorContext<KOut, VOut> context) {
        processor = maker.apply(context);
    }

    @Override
    public void process(Record<KIn, VIn> record) {
        if (processor == null) {
            throw new IllegalStateException("a record came before the task was initialised");
        }
        processor.process(record);
    }
}
