package dev.evalfleet.schemas.metric;

/// chrF from its statistics, as sacrebleu computes it: precision and recall are averaged over the orders that occur
/// in both texts, and recall counts beta = 2 times as much.
///
/// Statistics, for each order: n-grams of the hypotheses; n-grams of the references; matching n-grams. Orders are
/// the character n-grams 1 to 6, and then for chrF++ the word n-grams 1 and 2. A hypothesis's n-grams count only
/// where its reference has n-grams of that order.
public final class ChrfScore {
    /// The longest character n-grams that count.
    public static final int CHARACTER_ORDER = 6;

    /// The longest word n-grams that count in chrF++.
    public static final int WORD_ORDER = 2;

    private static final double BETA_SQUARED = 4;

    private ChrfScore() {}

    /// Of a corpus or of one sentence, 0 to 100.
    public static double of(double... statistics) {
        double precisions = 0;
        double recalls = 0;
        int orders = 0;
        for (int i = 0; i + 2 < statistics.length; i += 3) {
            double hypothesis = statistics[i];
            double reference = statistics[i + 1];
            if (hypothesis > 0 && reference > 0) {
                precisions += statistics[i + 2] / hypothesis;
                recalls += statistics[i + 2] / reference;
                orders++;
            }
        }
        if (precisions + recalls == 0) {
            return 0;
        }
        double precision = precisions / orders;
        double recall = recalls / orders;
        return 100 * ((1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall));
    }
}
