package dev.evalfleet.producer.dataset.spool;

import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.dataset.format.Formats;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes documents into a spool, one pass; some 60 bytes of memory per document, none for its content.
public final class SpoolWriter {
    private static final int MOST = 50_000_000;
    private static final int MOST_COLUMNS = 10_000;

    private final MessageDigest fingerprint = sha256();
    private final MessageDigest content = sha256();
    private final Map<String, @Nullable Shape> shapes = new LinkedHashMap<>();
    private final List<String> labels = new ArrayList<>();
    private final TextList ownIds = new TextList();
    private final HashList ownIdHashes = new HashList();
    private final HashList hashes = new HashList();
    private final boolean untyped;
    private long[] offsets = new long[1024];
    private long[] lines = new long[1024];
    private int size;
    private boolean ownIdsUsable = true;

    private SpoolWriter(boolean untyped) {
        this.untyped = untyped;
    }

    /// Reads the files one after the other, up to `limit` documents in all.
    public static Spool write(Path target, List<DataFile> files, DataOptions options, long limit)
            throws IOException, DatasetException {
        boolean json = files.stream().allMatch(file -> file.loader().equals("json")) && options.field() == null;
        var writer = new SpoolWriter(json);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
            for (DataFile file : files) {
                if (writer.size >= limit) {
                    break;
                }
                writer.labels.add(file.label());
                try (DocumentReader reader = Formats.open(file, options)) {
                    for (Document next; writer.size < limit && (next = reader.next()) != null; ) {
                        writer.add(next, out);
                    }
                }
            }
        }
        return writer.finished(target);
    }

    /// Documents that were made from others, up to `limit`; `label` says by what.
    public static Spool write(Path target, String label, Iterator<Map<String, @Nullable Object>> documents, long limit)
            throws IOException, DatasetException {
        var writer = new SpoolWriter(true);
        writer.labels.add(label);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
            while (writer.size < limit && documents.hasNext()) {
                writer.add(new Document(documents.next(), writer.size + 1L), out);
            }
        }
        return writer.finished(target);
    }

    private void add(Document document, OutputStream out) throws IOException, DatasetException {
        if (size == MOST) {
            throw DatasetException.lasting(labels.getLast(), "more than " + MOST + " documents");
        }
        if (size + 2 > offsets.length) {
            offsets = Arrays.copyOf(offsets, offsets.length * 2);
            lines = Arrays.copyOf(lines, lines.length * 2);
        }
        byte[] json = JsonValues.bytes(document.values());
        out.write(json);
        out.write('\n');
        fingerprint.update(json);
        fingerprint.update((byte) '\n');
        learn(document);
        lines[size] = ((long) labels.size() - 1) << 48 | document.line();
        offsets[size + 1] = offsets[size] + json.length + 1;
        size++;
        hashes.addHash(content.digest(json));
        identify(ownId(document.values().get("id")));
    }

    private void learn(Document document) throws DatasetException {
        document.values().forEach((column, value) -> {
            if (untyped) {
                Shape shape = shapes.computeIfAbsent(column, _ -> new Shape());
                if (shape != null) {
                    shape.learn(value);
                }
            } else {
                shapes.putIfAbsent(column, null);
            }
        });
        if (shapes.size() > MOST_COLUMNS) {
            throw DatasetException.lasting(
                    labels.getLast() + ":" + document.line(), "more than " + MOST_COLUMNS + " columns");
        }
    }

    private void identify(@Nullable String own) {
        ownIdsUsable = ownIdsUsable
                && own != null
                && ownIdHashes.addHash(content.digest(own.getBytes(StandardCharsets.UTF_8)))
                && ownIds.addText(own);
    }

    private static @Nullable String ownId(@Nullable Object value) {
        return switch (value) {
            case String text when !text.isBlank() && text.getBytes(StandardCharsets.UTF_8).length <= 200 -> text;
            case Long number -> number.toString();
            case null, default -> null;
        };
    }

    private Spool finished(Path target) throws IOException {
        var facts = new Spool.SpoolFacts(
                shapes, ownIdsUsable ? ownIds : hashes, HexFormat.of().formatHex(fingerprint.digest()));
        return new Spool(target, Arrays.copyOf(offsets, size + 1), Arrays.copyOf(lines, size), labels, facts);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
