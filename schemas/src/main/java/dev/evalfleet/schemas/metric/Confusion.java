package dev.evalfleet.schemas.metric;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How often which class was predicted for which.
///
/// Statistics: a square that grows with the classes that occur, so that arrays of different lengths can be added:
/// cell (gold, predicted) is at m² + m + gold - predicted, m being the larger of the two (Rosenberg and Strong's
/// pairing). Class numbers are one higher here than in the task, since gold may be [#OUTSIDE]. Two classes take at
/// most 8 elements.
public final class Confusion {
    /// The gold class of a sample whose label is none of its choices; lm-evaluation-harness calls it -100.
    public static final int OUTSIDE = -1;

    /// The most classes: the statistics grow with their square.
    public static final int MOST_CLASSES = 100;

    private final double[] cells;
    private final int classes;

    private Confusion(double[] cells) {
        this.cells = cells;
        this.classes = (int) Math.ceil(Math.sqrt(cells.length));
    }

    static Confusion of(double... statistics) {
        return new Confusion(statistics);
    }

    /// The statistics of one sample.
    ///
    /// @param gold index of the right choice, or [#OUTSIDE]
    public static double[] statistics(int gold, int predicted) {
        if (gold < OUTSIDE || predicted < 0 || Math.max(gold, predicted) >= MOST_CLASSES) {
            throw new IllegalArgumentException("gold " + gold + " and predicted " + predicted
                    + " must be classes from 0 to " + (MOST_CLASSES - 1));
        }
        int cell = cell(gold + 1, predicted + 1);
        double[] statistics = new double[cell + 1];
        statistics[cell] = 1;
        return statistics;
    }

    /// F1 of class 1, 0 where that class is neither there nor predicted. Null where scikit-learn refuses: more than
    /// two classes, or two of which neither is 1.
    @Nullable
    Double f1() {
        int one = 2;
        boolean hasOne = occurs(one);
        long others =
                IntStream.range(0, classes).filter(c -> c != one && occurs(c)).count();
        if (others > 1) {
            return null;
        }
        double occurrences = golds(one) + predictions(one);
        return hasOne ? 2 * at(one, one) / occurrences : 0;
    }

    /// The F1 of each class that occurs, weighted by how often it is the gold one.
    double weightedF1() {
        return IntStream.range(0, classes).mapToDouble(c -> f1(c) * golds(c)).sum()
                / IntStream.range(0, classes).mapToDouble(this::golds).sum();
    }

    /// The mean F1 of the classes that occur.
    double macroF1() {
        return IntStream.range(0, classes)
                .filter(this::occurs)
                .mapToDouble(this::f1)
                .average()
                .orElse(0);
    }

    /// The share of right predictions: with every class counted, what F1 over all predictions comes to.
    double microF1() {
        return IntStream.range(0, classes).mapToDouble(c -> at(c, c)).sum()
                / IntStream.range(0, classes).mapToDouble(this::golds).sum();
    }

    private double f1(int c) {
        double occurrences = golds(c) + predictions(c);
        return occurrences == 0 ? 0 : 2 * at(c, c) / occurrences;
    }

    /// Matthews' correlation coefficient over any number of classes; 0 where all golds or all predictions are
    /// alike.
    double matthews() {
        double n = 0;
        double right = 0;
        double byChance = 0;
        double golds = 0;
        double predictions = 0;
        for (int c = 0; c < classes; c++) {
            n += golds(c);
            right += at(c, c);
            byChance += golds(c) * predictions(c);
            golds += golds(c) * golds(c);
            predictions += predictions(c) * predictions(c);
        }
        double spread = (n * n - predictions) * (n * n - golds);
        return spread == 0 ? 0 : (right * n - byChance) / Math.sqrt(spread);
    }

    private boolean occurs(int c) {
        return golds(c) + predictions(c) > 0;
    }

    private double golds(int gold) {
        return IntStream.range(0, classes).mapToDouble(p -> at(gold, p)).sum();
    }

    private double predictions(int predicted) {
        return IntStream.range(0, classes).mapToDouble(g -> at(g, predicted)).sum();
    }

    private double at(int gold, int predicted) {
        int cell = cell(gold, predicted);
        return cell < cells.length ? cells[cell] : 0;
    }

    private static int cell(int gold, int predicted) {
        int larger = Math.max(gold, predicted);
        return larger * larger + larger + gold - predicted;
    }
}
