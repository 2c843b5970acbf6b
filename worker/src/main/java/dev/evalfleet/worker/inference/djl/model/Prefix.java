package dev.evalfleet.worker.inference.djl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a batch of rows has been fed so far, with the engine's cache of it. One column holds one token of every row;
/// rows that started later have padding in their first columns.
///
/// Every step has its own manager, closed when the next step has taken over its cache: native memory stays flat.
public final class Prefix implements AutoCloseable {

    /// The most logits one step should produce: 128 MB of floats.
    public static final long MOST_LOGITS = 32_000_000;

    private final CausalModel model;
    private int[] padding;
    private int fed;
    // Only for graphs without a cache: everything fed so far.
    private long[][] history;
    private @Nullable NDManager lastStep;
    private NDList past = new NDList();

    Prefix(CausalModel model, int[] padding) {
        this.model = model;
        this.padding = padding.clone();
        this.history = new long[padding.length][0];
    }

    /// Columns fed so far.
    public int columns() {
        return fed;
    }

    /// Feeds columns `from` to `to` of these rows where nobody asks what comes next.
    public void absorb(long[][] rows, int from, int to) {
        if (!model.caches()) {
            check(rows, from, Math.max(to, from + 1));
            remember(rows, from, to);
            fed += to - from;
            return;
        }
        int chunk = chunk(MOST_LOGITS);
        for (int start = from; start < to; start += chunk) {
            step(rows, start, Math.min(to, start + chunk), false);
        }
    }

    /// Feeds columns `from` to `to` of these rows and returns what comes next after each.
    public Logits feed(long[][] rows, int from, int to) {
        Logits logits = step(rows, from, to, true);
        if (logits == null) {
            throw new IllegalStateException("no logits");
        }
        return logits;
    }

    /// Columns that fit into one step that produces at most this many logits.
    public int chunk(long mostLogits) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, mostLogits / padding.length / model.vocabulary()));
    }

    private @Nullable Logits step(long[][] rows, int from, int to, boolean wanted) {
        check(rows, from, to);
        int columns = to - from;
        if (!model.caches()) {
            remember(rows, from, to);
        }
        NDManager step = model.newStep();
        try {
            NDList outputs = model.forward(
                    model.caches() ? inputs(step, rows, from, columns) : inputs(step, history, 0, fed + columns));
            Logits logits = wanted ? Logits.copyOf(output(outputs, "logits"), columns) : null;
            takeOver(step, outputs);
            fed += columns;
            return logits;
        } catch (RuntimeException | Error e) {
            step.close();
            throw e;
        }
    }

    // Native errors are terse, and an id out of range can read foreign memory.
    private void check(long[][] rows, int from, int to) {
        if (rows.length != padding.length || from >= to) {
            throw new IllegalArgumentException(rows.length + " rows, columns " + from + " to " + to);
        }
        if (fed + to - from > model.config().maxContext()) {
            throw new IllegalArgumentException((fed + to - from) + " tokens, the model can see "
                    + model.config().maxContext());
        }
        for (long[] row : rows) {
            for (int i = from; i < to; i++) {
                if (row[i] < 0 || row[i] >= model.vocabulary()) {
                    throw new IllegalArgumentException(
                            "token " + row[i] + ", the model knows 0 to " + (model.vocabulary() - 1));
                }
            }
        }
    }

    private void remember(long[][] rows, int from, int to) {
        for (int r = 0; r < rows.length; r++) {
            history[r] = Arrays.copyOf(history[r], fed + to - from);
            System.arraycopy(rows[r], from, history[r], fed, to - from);
        }
    }

    // Named inputs go in any order; the outputs attach to the manager of the first.
    private NDList inputs(NDManager step, long[][] rows, int from, int columns) {
        int batch = padding.length;
        int before = model.caches() ? fed : 0;
        LongBuffer ids = LongBuffer.allocate(batch * columns);
        LongBuffer mask = LongBuffer.allocate(batch * (before + columns));
        LongBuffer positions = LongBuffer.allocate(batch * columns);
        for (int r = 0; r < batch; r++) {
            ids.put(rows[r], from, columns);
            for (int c = 0; c < before + columns; c++) {
                mask.put(c < padding[r] ? 0 : 1);
            }
            for (int c = before; c < before + columns; c++) {
                positions.put(Math.max(0, c - padding[r]));
            }
        }
        NDList inputs = new NDList(named("input_ids", step, ids, columns));
        if (model.graph().mask()) {
            inputs.add(named("attention_mask", step, mask, before + columns));
        }
        if (model.graph().positions()) {
            inputs.add(named("position_ids", step, positions, columns));
        }
        if (model.caches() && lastStep == null) {
            past = nothing(step);
        }
        inputs.addAll(past);
        return inputs;
    }

    private NDArray named(String name, NDManager step, LongBuffer values, int columns) {
        NDArray array = step.create(values.flip(), new Shape(padding.length, columns));
        array.setName(name);
        return array;
    }

    private NDList nothing(NDManager step) {
        NDList empty = new NDList();
        Shape shape = new Shape(
                padding.length, model.config().cacheHeads(), 0, model.config().headSize());
        for (String name : model.graph().pasts()) {
            // Direct: the engine takes no heap buffer of half precision.
            NDArray array = step.create(ByteBuffer.allocateDirect(0), shape, model.numbers());
            array.setName(name);
            empty.add(array);
        }
        return empty;
    }

    // The cache that this step made is the past of the next.
    private void takeOver(NDManager step, NDList outputs) {
        NDList next = new NDList();
        for (String name : model.graph().pasts()) {
            NDArray present = output(outputs, Graph.presentOf(name));
            present.setName(name);
            next.add(present);
        }
        output(outputs, "logits").close();
        close();
        past = next;
        lastStep = step;
    }

    private static NDArray output(NDList outputs, String name) {
        NDArray output = outputs.get(name);
        if (output == null) {
            throw new IllegalStateException("the graph has no output " + name);
        }
        return output;
    }

    /// Goes on with these rows only.
    public void keep(int[] rows) {
        int[] kept = new int[rows.length];
        long[][] remembered = new long[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            kept[i] = padding[rows[i]];
            remembered[i] = history[rows[i]];
        }
        if (lastStep != null) {
            NDManager step = model.newStep();
            NDList fewer = new NDList();
            try {
                for (NDArray array : past) {
                    fewer.add(select(step, array, rows));
                }
            } catch (RuntimeException | Error e) {
                step.close();
                throw e;
            }
            close();
            past = fewer;
            lastStep = step;
        }
        padding = kept;
        history = remembered;
    }

    private static NDArray select(NDManager step, NDArray array, int[] rows) {
        Shape shape = array.getShape();
        ByteBuffer all = array.toByteBuffer();
        int rowBytes = all.remaining() / Math.toIntExact(shape.get(0));
        ByteBuffer chosen = ByteBuffer.allocateDirect(rowBytes * rows.length).order(ByteOrder.nativeOrder());
        for (int row : rows) {
            chosen.put(all.slice(row * rowBytes, rowBytes));
        }
        long[] dimensions = shape.getShape().clone();
        dimensions[0] = rows.length;
        NDArray selected = step.create(chosen.flip(), new Shape(dimensions), array.getDataType());
        selected.setName(array.getName());
        return selected;
    }

    @Override
    public void close() {
        if (lastStep != null) {
            lastStep.close();
            lastStep = null;
        }
    }
}
