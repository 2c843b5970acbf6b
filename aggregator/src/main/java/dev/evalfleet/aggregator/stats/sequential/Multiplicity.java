package dev.evalfleet.aggregator.stats.sequential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What may be claimed when many hypotheses are watched at once. Each method takes one e-value per hypothesis and
/// returns the indices that may be rejected, ascending.
public final class Multiplicity {

    private Multiplicity() {}

    /// Holm (1979) on p = 1 / max E: the chance of any false claim over the whole run is at most alpha, whatever the
    /// dependence. Takes the *largest* e-values so far, so a claim once made stays.
    public static List<Integer> holm(List<Double> maxE, double alpha) {
        int k = maxE.size();
        List<Integer> largestFirst = largestFirst(maxE);
        var rejected = new ArrayList<Integer>();
        for (int r = 0; r < k && maxE.get(largestFirst.get(r)) >= (k - r) / alpha; r++) {
            rejected.add(largestFirst.get(r));
        }
        return ascending(rejected);
    }

    /// e-BH (Wang and Ramdas 2022): false discovery rate at most alpha under any dependence, once, at the stop. Takes
    /// the *current* e-values; on maxima the guarantee is lost (Tavyrikov, Goeman and de Heide 2025).
    public static List<Integer> eBenjaminiHochberg(List<Double> currentE, double alpha) {
        int k = currentE.size();
        List<Integer> largestFirst = largestFirst(currentE);
        int keep = 0;
        for (int r = 1; r <= k; r++) {
            if (currentE.get(largestFirst.get(r - 1)) >= k / (alpha * r)) {
                keep = r;
            }
        }
        return ascending(largestFirst.subList(0, keep));
    }

    /// Benjamini and Hochberg (1995) on p-values of a fixed number of samples: false discovery rate at most alpha under
    /// independence or positive dependence. Much stronger than the above, and for completed runs only.
    public static List<Integer> benjaminiHochberg(List<Double> p, double alpha) {
        int k = p.size();
        List<Integer> smallestFirst = largestFirst(p).reversed();
        int keep = 0;
        for (int r = 1; r <= k; r++) {
            if (p.get(smallestFirst.get(r - 1)) <= alpha * r / k) {
                keep = r;
            }
        }
        return ascending(smallestFirst.subList(0, keep));
    }

    /// Whether some hypothesis is false: the mean of current e-values at one position is an e-value itself (Vovk
    /// and Wang 2021).
    public static boolean any(List<Double> currentE, double alpha) {
        return !currentE.isEmpty()
                && currentE.stream().mapToDouble(Double::doubleValue).average().orElse(0) >= 1 / alpha;
    }

    private static List<Integer> largestFirst(List<Double> values) {
        return IntStream.range(0, values.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> values.get(i)).reversed())
                .toList();
    }

    private static List<Integer> ascending(List<Integer> indices) {
        return indices.stream().sorted().toList();
    }
}
