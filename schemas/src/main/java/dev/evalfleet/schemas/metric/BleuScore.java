package dev.evalfleet.schemas.metric;

import java.util.Arrays;

/// BLEU from its statistics, with sacrebleu's default smoothing (`exp`).
///
/// Statistics: length of the hypotheses; length of the references (for each sample the one closest to the
/// hypothesis); matching n-grams of order 1, 2, 3, 4; n-grams of the hypotheses of order 1, 2, 3, 4. All in tokens.
public final class BleuScore {
    /// The longest n-grams that count.
    public static final int ORDER = 4;

    /// Number of statistics.
    public static final int SIZE = 2 + 2 * ORDER;

    // What sacrebleu takes for the logarithm of zero.
    private static final double LOG_OF_ZERO = -9999999999.0;

    private BleuScore() {}

    /// Of a corpus, 0 to 100.
    public static double of(double... statistics) {
        return of(statistics, false);
    }

    /// Of one sentence, 0 to 100: orders longer than the sentence do not count (`effective_order`).
    public static double ofSentence(double... statistics) {
        return Math.min(100, of(statistics, true));
    }

    private static double of(double[] statistics, boolean effectiveOrder) {
        double[] s = Arrays.copyOf(statistics, SIZE);
        if (s[2] + s[3] + s[4] + s[5] == 0) {
            return 0;
        }
        double logs = 0;
        double smoothing = 1;
        int orders = ORDER;
        boolean tooShort = false;
        for (int n = 0; n < ORDER; n++) {
            double correct = s[2 + n];
            double total = s[2 + ORDER + n];
            tooShort |= total == 0;
            if (tooShort) {
                logs += effectiveOrder ? 0 : LOG_OF_ZERO;
                continue;
            }
            orders = effectiveOrder ? n + 1 : ORDER;
            smoothing = correct == 0 ? smoothing * 2 : smoothing;
            logs += Math.log(correct == 0 ? 100 / (smoothing * total) : 100 * correct / total);
        }
        return brevityPenalty(s[0], s[1]) * Math.exp(logs / orders);
    }

    private static double brevityPenalty(double hypothesis, double reference) {
        if (hypothesis >= reference) {
            return 1;
        }
        return hypothesis > 0 ? Math.exp(1 - reference / hypothesis) : 0;
    }
}
