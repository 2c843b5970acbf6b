package dev.evalfleet.producer.dispatch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The order in which the documents of a run are sent, fixed before any result exists.
///
/// Documents are sorted by SHA-256(seed, 0x00, documentId) as unsigned bytes, ties by documentId. The order is then
/// independent of the scores, which the statistics need; the same seed gives candidate and baseline the same order.
public final class DispatchOrder {
    private DispatchOrder() {}

    /// The row of the document at each position.
    public static long[] permutation(String seed, List<String> documentIds) {
        MessageDigest sha256 = sha256();
        byte[] salt = (seed + '\0').getBytes(StandardCharsets.UTF_8);
        long[] prefixes = new long[documentIds.size()];
        for (int row = 0; row < prefixes.length; row++) {
            prefixes[row] =
                    ByteBuffer.wrap(hash(sha256, salt, documentIds.get(row))).getLong();
        }
        Comparator<Integer> byPrefix = (a, b) -> Long.compareUnsigned(prefixes[a], prefixes[b]);
        return IntStream.range(0, prefixes.length)
                .boxed()
                .sorted(byPrefix.thenComparing(row -> hash(sha256, salt, documentIds.get(row)), Arrays::compareUnsigned)
                        .thenComparing(documentIds::get))
                .mapToLong(Integer::longValue)
                .toArray();
    }

    private static byte[] hash(MessageDigest sha256, byte[] salt, String documentId) {
        sha256.update(salt);
        return sha256.digest(documentId.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
