package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.schemas.metric.BleuScore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Statistics of BLEU, as laid out in [BleuScore].
public final class Bleu {

    private Bleu() {}

    /// With the tokenizer that is sacrebleu's default.
    public static double[] statistics(String hypothesis, List<String> references) {
        return statistics(hypothesis, references, BleuTokenizer.V13A);
    }

    public static double[] statistics(String hypothesis, List<String> references, BleuTokenizer tokenizer) {
        List<String> tokens = tokenizer.tokens(hypothesis);
        List<List<String>> wanted = references.stream().map(tokenizer::tokens).toList();
        double[] statistics = new double[BleuScore.SIZE];
        statistics[0] = tokens.size();
        statistics[1] = closestLength(tokens.size(), wanted);
        for (int n = 1; n <= BleuScore.ORDER; n++) {
            Map<String, Integer> ngrams = Words.ngrams(tokens, n);
            statistics[1 + n] = Words.shared(ngrams, mostInAnyOf(wanted, n));
            statistics[1 + BleuScore.ORDER + n] = Words.total(ngrams.values());
        }
        return statistics;
    }

    // Of two that are equally close the shorter.
    private static int closestLength(int length, List<List<String>> references) {
        int closest = references.getFirst().size();
        for (List<String> reference : references) {
            int nearer = Math.abs(length - closest) - Math.abs(length - reference.size());
            if (nearer > 0 || (nearer == 0 && reference.size() < closest)) {
                closest = reference.size();
            }
        }
        return closest;
    }

    private static Map<String, Integer> mostInAnyOf(List<List<String>> references, int n) {
        List<Map<String, Integer>> all = new ArrayList<>();
        references.forEach(reference -> all.add(Words.ngrams(reference, n)));
        Map<String, Integer> most = new HashMap<>(all.getFirst());
        all.forEach(counts -> counts.forEach((ngram, count) -> most.merge(ngram, count, Math::max)));
        return most;
    }
}
