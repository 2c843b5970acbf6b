package dev.evalfleet.producer.dispatch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The order in which the documents of a run are sent, fixed before any result exists.
///
/// Documents are sorted by SHA-256(seed, 0x00, documentId) as unsigned bytes, ties by documentId. The order is then
/// independent of the scores, which the statistics need; the same seed gives candidate and baseline the same order.
public final class DispatchOrder {
    private static final long UNSIGNED = Long.MIN_VALUE; // signed comparison then is unsigned comparison

    private DispatchOrder() {}

    /// The row of the document at each position.
    public static long[] permutation(String seed, List<String> documentIds) {
        MessageDigest sha256 = sha256();
        byte[] salt = (seed + '\0').getBytes(StandardCharsets.UTF_8);
        long[] prefixes = new long[documentIds.size()];
        for (int row = 0; row < prefixes.length; row++) {
            prefixes[row] =
                    ByteBuffer.wrap(hash(sha256, salt, documentIds.get(row))).getLong() ^ UNSIGNED;
        }
        long[] sorted = prefixes.clone();
        Arrays.sort(sorted);
        long[] order = new long[prefixes.length];
        BitSet taken = new BitSet(prefixes.length);
        boolean tied = false;
        for (int row = 0; row < prefixes.length; row++) {
            int place = Arrays.binarySearch(sorted, prefixes[row]);
            tied |= taken.get(place);
            taken.set(place);
            order[place] = row;
        }
        return tied ? bySortingRows(documentIds, sha256, salt) : order;
    }

    // Two of a million have the same first 64 bits once in 37 million datasets.
    private static long[] bySortingRows(List<String> documentIds, MessageDigest sha256, byte[] salt) {
        Comparator<Integer> byHash =
                Comparator.comparing(row -> hash(sha256, salt, documentIds.get(row)), Arrays::compareUnsigned);
        return IntStream.range(0, documentIds.size())
                .boxed()
                .sorted(byHash.thenComparing(documentIds::get))
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
