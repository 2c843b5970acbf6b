package dev.evalfleet.runtime.kafka;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.BitSet;
import java.util.NavigableSet;
import java.util.stream.LongStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// The offsets of a partition done above its commit point. It travels in the commit metadata, so that the next owner
/// does not repeat finished work: `v1:` and the base64 of a deflated bitmap, bit i standing for commit point + i.
///
/// Metadata of another version, or of nobody we know, is an empty set: work is repeated then, never lost.
public final class DoneSet {
    /// What fits into a commit with room to spare (Kafka's limit is 4096).
    public static final int MAX_LENGTH = 4000;

    public static final DoneSet EMPTY = new DoneSet(new BitSet());

    private static final String VERSION = "v1:";
    private static final int MAX_BYTES = 1 << 20;

    private final BitSet aboveCommitPoint;

    private DoneSet(BitSet aboveCommitPoint) {
        this.aboveCommitPoint = aboveCommitPoint;
    }

    /// Commit metadata; empty when nothing is done above the commit point. Check [#fits] before committing it.
    public static String encode(long commitPoint, NavigableSet<Long> doneAbove) {
        if (doneAbove.isEmpty()) {
            return "";
        }
        if (doneAbove.first() < commitPoint) {
            throw new IllegalArgumentException(
                    "offset " + doneAbove.first() + " lies below the commit point " + commitPoint);
        }
        BitSet bits = new BitSet();
        doneAbove.forEach(offset -> bits.set(Math.toIntExact(offset - commitPoint)));
        return VERSION + Base64.getEncoder().withoutPadding().encodeToString(deflate(bits.toByteArray()));
    }

    public static DoneSet decode(@Nullable String metadata) {
        if (metadata == null || !metadata.startsWith(VERSION)) {
            return EMPTY;
        }
        try {
            byte[] deflated = Base64.getDecoder().decode(metadata.substring(VERSION.length()));
            return new DoneSet(BitSet.valueOf(inflate(deflated)));
        } catch (IllegalArgumentException | DataFormatException e) {
            return EMPTY;
        }
    }

    public static boolean fits(String metadata) {
        return metadata.length() <= MAX_LENGTH;
    }

    public long count() {
        return aboveCommitPoint.cardinality();
    }

    public boolean contains(long offset, long commitPoint) {
        long distance = offset - commitPoint;
        return distance >= 0 && distance < aboveCommitPoint.length() && aboveCommitPoint.get((int) distance);
    }

    /// The offsets in ascending order.
    public LongStream offsets(long commitPoint) {
        return aboveCommitPoint.stream().mapToLong(bit -> commitPoint + bit);
    }

    private static byte[] deflate(byte[] bytes) {
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[1024];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private static byte[] inflate(byte[] bytes) throws DataFormatException {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(bytes);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                if (length == 0 || out.size() + length > MAX_BYTES) {
                    throw new DataFormatException("not a bitmap of ours");
                }
                out.write(buffer, 0, length);
            }
            return out.toByteArray();
        }
    }
}
