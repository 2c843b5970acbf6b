package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.Logits;
import dev.evalfleet.worker.inference.djl.model.Padded;
import dev.evalfleet.worker.inference.djl.model.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Generates a batch of texts, one token of each at a time. A job is answered as soon as its text ends, whatever the
/// others do.
final class DecodeLoop {

    // Up to here all logits of the prompts are fetched, to save a step.
    private static final long FEW_LOGITS = 1_000_000;

    private final CausalModel model;

    DecodeLoop(CausalModel model) {
        this.model = model;
    }

    void run(List<GenerationJob> jobs) {
        List<Sequence> sequences =
                jobs.stream().map(job -> new Sequence(job, model)).toList();
        var prompts = new Padded(jobs.stream().map(GenerationJob::prompt).toList());
        try (Prefix prefix = model.start(prompts.padding())) {
            int column = prompts.width() - 1;
            Logits logits;
            if (column < prefix.chunk(FEW_LOGITS)) {
                logits = prefix.feed(prompts.rows(), 0, column + 1);
            } else {
                prefix.absorb(prompts.rows(), 0, column);
                logits = prefix.feed(prompts.rows(), column, column + 1);
                column = 0;
            }
            go(prefix, sequences, logits, column);
        }
    }

    private static void go(Prefix prefix, List<Sequence> started, Logits first, int column) {
        List<Sequence> sequences = started;
        advance(sequences, first, column);
        while (true) {
            int[] open = open(sequences);
            if (open.length == 0) {
                return;
            }
            // Ended rows are cheap to take along and dear to cut out of the cache.
            if (open.length <= sequences.size() / 2) {
                prefix.keep(open);
                sequences = IntStream.of(open).mapToObj(sequences::get).toList();
            }
            advance(sequences, prefix.feed(lastTokens(sequences), 0, 1), 0);
        }
    }

    private static int[] open(List<Sequence> sequences) {
        return IntStream.range(0, sequences.size())
                .filter(i -> sequences.get(i).open())
                .toArray();
    }

    private static void advance(List<Sequence> sequences, Logits logits, int column) {
        for (int row = 0; row < sequences.size(); row++) {
            if (sequences.get(row).open()) {
                sequences.get(row).advance(logits.at(row, column));
            }
        }
    }

    private static long[][] lastTokens(List<Sequence> sequences) {
        List<long[]> rows = new ArrayList<>();
        sequences.forEach(sequence -> rows.add(new long[] {sequence.last()}));
        return rows.toArray(long[][]::new);
    }
}
