package dev.evalfleet.producer.dataset;

import dev.evalfleet.producer.dataset.spool.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The documents of a dataset on local disk, in order, read by row. Safe for several threads.
public final class Spool implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final long[] offsets;
    private final long[] lines;
    private final List<String> labels;
    private final Map<String, @Nullable Shape> shapes;
    private final List<String> columns;
    private final List<String> ids;
    private final String fingerprint;

    /// @param offsets where each row starts in the file, and where the last one ends
    /// @param lines per row: the number of its label shifted by 48 bits, and the line
    /// @param labels of the files the rows were read from
    public Spool(Path file, long[] offsets, long[] lines, List<String> labels, SpoolFacts facts) throws IOException {
        this.file = file;
        this.offsets = offsets;
        this.lines = lines;
        this.labels = labels;
        this.shapes = facts.shapes();
        this.columns = List.copyOf(shapes.keySet());
        this.ids = facts.ids();
        this.fingerprint = facts.fingerprint();
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    /// What was learned while the documents went by.
    ///
    /// @param shapes per column, in order of appearance, the type its values are brought to; null: they have one
    public record SpoolFacts(Map<String, @Nullable Shape> shapes, List<String> ids, String fingerprint) {}

    public int size() {
        return lines.length;
    }

    /// Every column that any document has, in order of appearance.
    public List<String> columns() {
        return columns;
    }

    /// The identity of each document: its `id` where all have one and no two the same, else a hash of its content.
    public List<String> documentIds() {
        return Collections.unmodifiableList(ids);
    }

    /// SHA-256 (hex) over the documents in order.
    public String fingerprint() {
        return fingerprint;
    }

    /// The document of a row; columns that only other documents have are null.
    ///
    /// @throws UncheckedIOException when the spool's file cannot be read
    public Map<String, @Nullable Object> at(int row) {
        byte[] json = json(row);
        try {
            Map<String, @Nullable Object> read = JsonValues.object(json, 0, json.length);
            var values = new LinkedHashMap<String, @Nullable Object>();
            shapes.forEach((column, shape) -> {
                Object value = read.get(column);
                values.put(column, shape == null ? value : shape.applied(value));
            });
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] json(int row) {
        ByteBuffer buffer = ByteBuffer.allocate((int) (offsets[row + 1] - offsets[row]));
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offsets[row] + buffer.position()) < 0) {
                    throw new IOException(file + " is shorter than it was written");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.array();
    }

    /// Where a document was read: `file:line`.
    public String where(int row) {
        long packed = lines[row];
        return labels.get((int) (packed >>> 48)) + ":" + (packed & 0xffff_ffff_ffffL);
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
