package dev.evalfleet.schemas;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How identities and record keys are built. Parts are percent-encoded (RFC 3986: letters, digits and `-._~` stay),
/// so the separators `/ # | ,` never occur inside one and a run id can stand in a URL.
public final class Ids {
    private static final String HEX = "0123456789ABCDEF";

    // A colon never stands unencoded in a request's id, so no pair group of a request begins like these.
    private static final String EXTERNAL_RUN = "run:";
    private static final String FROZEN = "baseline:";

    private Ids() {}

    /// Whether a request may have this id: 1 to 128 letters, digits, `.`, `_` and `-`.
    public static boolean isRequestId(String id) {
        return id.matches("[A-Za-z0-9._-]{1,128}");
    }

    /// `requestId/task/model[/variant]`.
    public static String runId(String requestId, String task, String model, @Nullable String variant) {
        String base = encode(requestId) + '/' + encode(task) + '/' + encode(model);
        return variant == null ? base : base + '/' + encode(variant);
    }

    /// The parts of a run id as they were given to [#runId]: request, task, model and, if any, variant.
    public static List<String> parts(String runId) {
        return Arrays.stream(runId.split("/", -1)).map(Ids::decode).toList();
    }

    /// `requestId/task`: the runs that are compared document by document, across models and variants.
    public static String pairGroup(String requestId, String task) {
        return encode(requestId) + '/' + encode(task);
    }

    /// The pair group of a candidate whose baseline is a run of an earlier request.
    public static String externalRun(String baselineRunId) {
        return EXTERNAL_RUN + baselineRunId;
    }

    /// The pair group of a candidate whose baseline is the named one, frozen from that run.
    public static String frozenBaseline(String name, String baselineRunId) {
        return FROZEN + name + ':' + baselineRunId;
    }

    /// The run that such a pair group names; null when it is that of a request's own runs.
    public static @Nullable String externalBaseline(String pairGroup) {
        if (pairGroup.startsWith(EXTERNAL_RUN)) {
            return pairGroup.substring(EXTERNAL_RUN.length());
        }
        return frozenName(pairGroup) == null ? null : pairGroup.substring(pairGroup.indexOf(':', FROZEN.length()) + 1);
    }

    /// The name of the frozen baseline in a pair group; null when it names none.
    public static @Nullable String frozenName(String pairGroup) {
        int end = pairGroup.startsWith(FROZEN) ? pairGroup.indexOf(':', FROZEN.length()) : -1;
        return end < 0 ? null : pairGroup.substring(FROZEN.length(), end);
    }

    /// `baseline/NAME`: the key of what is asked of a named baseline in `control`.
    public static String baselineControl(String name) {
        return "baseline/" + name;
    }

    /// `fingerprint:documentId#NAME`: the key of a frozen score.
    public static String frozenKey(String datasetFingerprint, String documentId, String name) {
        return resultKey(datasetFingerprint, documentId) + '#' + name;
    }

    /// `runId#documentId`.
    public static String sampleKey(String runId, String documentId) {
        return runId + '#' + documentId;
    }

    /// `fingerprint:documentId`: every model's answer to a document has the same key, and so meets on one partition.
    public static String resultKey(String datasetFingerprint, String documentId) {
        return datasetFingerprint + ':' + documentId;
    }

    /// `runId|metric,filter|slice`; the slice of a whole run is empty.
    public static String metricKey(String runId, String metric, String filter, String slice) {
        return runId + '|' + encode(metric) + ',' + encode(filter) + '|' + slice;
    }

    private static String encode(String part) {
        if (part.isEmpty()) {
            throw new IllegalArgumentException("a part of an id is empty");
        }
        StringBuilder encoded = new StringBuilder(part.length());
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            if (isUnreserved(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
            }
        }
        return encoded.toString();
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean isUnreserved(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || "-._~".indexOf(b) >= 0;
    }
}
