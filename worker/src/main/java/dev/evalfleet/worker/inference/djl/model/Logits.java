package dev.evalfleet.worker.inference.djl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What the model says about the next token, for every row and each of the columns just fed. Lives on the heap.
public final class Logits {

    private final ByteBuffer bytes;
    private final boolean half;
    private final int columns;
    private final int firstColumn;
    private final int vocabulary;

    private Logits(ByteBuffer bytes, boolean half, int columns, int firstColumn, int vocabulary) {
        this.bytes = bytes;
        this.half = half;
        this.columns = columns;
        this.firstColumn = firstColumn;
        this.vocabulary = vocabulary;
    }

    /// Copies an output of the engine; of its columns only the last `wanted` count.
    static Logits copyOf(NDArray output, int wanted) {
        Shape shape = output.getShape();
        int columns = Math.toIntExact(shape.get(1));
        boolean half = output.getDataType() == DataType.FLOAT16;
        ByteBuffer bytes = output.toByteBuffer().order(ByteOrder.nativeOrder());
        return new Logits(bytes, half, columns, columns - wanted, Math.toIntExact(shape.get(2)));
    }

    public int vocabulary() {
        return vocabulary;
    }

    /// The logits after the `column`-th token fed to a row.
    public float[] at(int row, int column) {
        float[] values = new float[vocabulary];
        int start = (row * columns + firstColumn + column) * vocabulary;
        if (half) {
            for (int i = 0; i < vocabulary; i++) {
                values[i] = Float.float16ToFloat(bytes.getShort((start + i) * Short.BYTES));
            }
        } else {
            bytes.slice(start * Float.BYTES, vocabulary * Float.BYTES)
                    .order(bytes.order())
                    .asFloatBuffer()
                    .get(values);
        }
        return values;
    }
}
