package dev.evalfleet.aggregator.stats;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import java.util.ArrayList;
import java.util.List;

/// The sums of the sufficient statistics of a corpus metric (n-gram matches, log-likelihood and lengths, ...), from
/// which its value over all samples follows. Empty for metrics whose mean is taken.
public record CorpusStatistics(List<DoubleDouble> sums) {
    public static final CorpusStatistics NONE = new CorpusStatistics(List.of());

    public CorpusStatistics {
        sums = List.copyOf(sums);
    }

    public CorpusStatistics plus(List<Double> statistics) {
        return statistics.isEmpty()
                ? this
                : plus(new CorpusStatistics(
                        statistics.stream().map(DoubleDouble::of).toList()));
    }

    /// Adds element by element; the longer one wins where lengths differ, as a statistic that is absent is zero.
    public CorpusStatistics plus(CorpusStatistics other) {
        int length = Math.max(sums.size(), other.sums.size());
        List<DoubleDouble> total = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            total.add(at(i).plus(other.at(i)));
        }
        return new CorpusStatistics(total);
    }

    public double[] values() {
        return sums.stream().mapToDouble(DoubleDouble::value).toArray();
    }

    public void write(Out out) {
        out.list(sums, (to, sum) -> to.real(sum.high()).real(sum.low()));
    }

    public static CorpusStatistics read(In in) {
        return new CorpusStatistics(in.list(from -> new DoubleDouble(from.real(), from.real())));
    }

    private DoubleDouble at(int index) {
        return index < sums.size() ? sums.get(index) : DoubleDouble.ZERO;
    }
}
