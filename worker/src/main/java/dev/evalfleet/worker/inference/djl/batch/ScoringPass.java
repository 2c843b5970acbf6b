package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.Completion.Refused;
import dev.evalfleet.worker.inference.djl.batch.ScoringJob.Likelihood;
import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.Logits;
import dev.evalfleet.worker.inference.djl.model.Padded;
import dev.evalfleet.worker.inference.djl.model.Prefix;
import java.util.ArrayList;
import java.util.List;

/// How likely continuations are, for a batch of inputs in one pass. Only the columns that predict a continuation are
/// looked at, in double precision.
final class ScoringPass {

    // Logits fetched at once: 32 MB of floats.
    private static final long FETCHED = 8_000_000;

    private final CausalModel model;

    ScoringPass(CausalModel model) {
        this.model = model;
    }

    void run(List<ScoringJob> jobs) {
        var inputs = new Padded(jobs.stream().map(ScoringJob::input).toList());
        List<Tally> tallies = new ArrayList<>();
        for (int row = 0; row < jobs.size(); row++) {
            tallies.add(new Tally(jobs.get(row), row, inputs.padding()[row]));
        }
        int from = tallies.stream().mapToInt(Tally::firstColumn).min().orElseThrow();
        try (Prefix prefix = model.start(inputs.padding())) {
            prefix.absorb(inputs.rows(), 0, from);
            int chunk = prefix.chunk(FETCHED);
            while (from < inputs.width() && jobs.stream().anyMatch(Job::open)) {
                int to = Math.min(inputs.width(), from + chunk);
                Logits logits = prefix.feed(inputs.rows(), from, to);
                for (Tally tally : tallies) {
                    tally.take(logits, from, to);
                }
                from = to;
            }
        }
        tallies.forEach(Tally::answer);
    }

    /// The sums of one job while the columns come in.
    private static final class Tally {
        private final ScoringJob job;
        private final int row;
        private final int padding;
        private final double[] sums;
        private final boolean[] greedy;

        Tally(ScoringJob job, int row, int padding) {
            this.job = job;
            this.row = row;
            this.padding = padding;
            this.sums = new double[job.continuations().size()];
            this.greedy = new boolean[sums.length];
            java.util.Arrays.fill(greedy, true);
        }

        // The token at start + k of the input predicts token k of the continuation.
        int firstColumn() {
            return padding
                    + job.continuations().stream().mapToInt(job::start).min().orElseThrow();
        }

        void take(Logits logits, int from, int to) {
            for (int column = Math.max(from, firstColumn()); column < to && job.open(); column++) {
                float[] values = logits.at(row, column - from);
                int best = Sampler.best(values);
                double normaliser = best < 0 ? Double.NaN : logSumExp(values, values[best]);
                for (int i = 0; i < sums.length; i++) {
                    long[] continuation = job.continuations().get(i);
                    int place = column - padding - job.start(continuation);
                    if (place >= 0) {
                        int token = Math.toIntExact(continuation[place]);
                        sums[i] += values[token] - normaliser;
                        greedy[i] &= token == best;
                    }
                }
            }
        }

        private static double logSumExp(float[] values, double most) {
            double sum = 0;
            for (float value : values) {
                sum += Math.exp(value - most);
            }
            return most + Math.log(sum);
        }

        void answer() {
            List<Likelihood> likelihoods = new ArrayList<>();
            for (int i = 0; i < sums.length; i++) {
                if (Double.isNaN(sums[i])) {
                    job.end(new Refused("not_a_number", "the model gives no finite logits for this continuation"));
                }
                likelihoods.add(new Likelihood(sums[i], greedy[i]));
            }
            job.answer(likelihoods);
        }
    }
}
