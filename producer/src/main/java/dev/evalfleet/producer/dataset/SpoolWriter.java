package dev.evalfleet.producer.dataset;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes documents into a spool, one pass, bounded memory.
final class SpoolWriter {
    private static final int MOST = 50_000_000;

    private final MessageDigest fingerprint = sha256();
    private final MessageDigest content = sha256();
    private final Set<String> columns = new LinkedHashSet<>();
    private final List<String> labels = new ArrayList<>();
    private final TextList ownIds = new TextList();
    private final Set<String> ownIdsSeen = new HashSet<>();
    private final TextList hashes = new TextList();
    private final Map<String, Integer> occurrences = new HashMap<>();
    private long[] offsets = new long[1024];
    private long[] lines = new long[1024];
    private int size;
    private boolean ownIdsUsable = true;

    /// Reads the files one after the other, up to `limit` documents in all.
    static Spool write(Path target, List<DataFiles.DataFile> files, DatasetSource source, long limit)
            throws IOException, DatasetException {
        var writer = new SpoolWriter();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
            for (DataFiles.DataFile file : files) {
                writer.labels.add(file.label());
                try (DocumentReader reader = DataFiles.open(file, source)) {
                    for (Document next; writer.size < limit && (next = reader.next()) != null; ) {
                        writer.add(next, out);
                    }
                }
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
        columns.addAll(document.values().keySet());
        lines[size] = ((long) labels.size() - 1) << 48 | document.line();
        offsets[size + 1] = offsets[size] + json.length + 1;
        size++;
        identify(document, json);
    }

    private void identify(Document document, byte[] json) {
        String own = ownId(document.values().get("id"));
        ownIdsUsable = ownIdsUsable && own != null && ownIdsSeen.add(own);
        if (ownIdsUsable && own != null) {
            ownIds.add(own);
        }
        String hash = HexFormat.of().formatHex(content.digest(json), 0, 12);
        int times = occurrences.merge(hash, 1, Integer::sum);
        hashes.add(times == 1 ? hash : hash + "-" + times);
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
                List.copyOf(columns),
                ownIdsUsable ? ownIds : hashes,
                HexFormat.of().formatHex(fingerprint.digest()));
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
