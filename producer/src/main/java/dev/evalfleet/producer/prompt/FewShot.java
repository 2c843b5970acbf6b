package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.runtime.python.PythonRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which examples each document gets: drawn by one generator over the documents in their order, as lm-eval draws them
/// in one process. So prompts do not depend on how many workers there are.
public final class FewShot {
    private final int shots;
    private final int[] drawn;

    private FewShot(int shots, int[] drawn) {
        this.shots = shots;
        this.drawn = drawn;
    }

    /// @throws IllegalArgumentException where there are too few examples
    public static FewShot draw(TaskDefinition task, PromptSettings settings, Spool documents, Examples examples) {
        int shots = settings.shots();
        boolean shared = task.splits().sharesExamples();
        int wanted = shared ? shots + 1 : shots;
        if (shots == 0) {
            return new FewShot(0, new int[0]);
        }
        boolean first = task.fewShot().sampler().equals("first_n");
        if (examples.size() < (first ? shots : wanted)) {
            throw new IllegalArgumentException("there are " + examples.size() + " documents to draw examples from, but "
                    + wanted + " are needed for num_fewshot " + shots
                    + (shared ? " (one more than that, since a document is never its own example)" : ""));
        }
        int[] drawn = new int[Math.multiplyExact(documents.size(), shots)];
        var random = new PythonRandom(settings.seed());
        for (int row = 0; row < documents.size(); row++) {
            Map<String, @Nullable Object> self = shared ? documents.at(row) : null;
            int[] kept = first
                    ? others(examples, self, IntStream.range(0, examples.size()), shots)
                    : drawn(random, examples, self, shots);
            if (kept.length < shots) {
                throw new IllegalArgumentException("document " + row + " leaves " + kept.length
                        + " documents to draw examples from, but " + shots + " are needed for num_fewshot " + shots);
            }
            System.arraycopy(kept, 0, drawn, row * shots, shots);
        }
        return new FewShot(shots, drawn);
    }

    // One more than wanted where the document itself may be among them. Where it was drawn more than once, since others
    // equal it, lm-eval draws again from all that differ.
    private static int[] drawn(
            PythonRandom random, Examples examples, @Nullable Map<String, @Nullable Object> self, int shots) {
        int[] candidates = random.sample(examples.size(), self == null ? shots : shots + 1);
        int[] kept = others(examples, self, Arrays.stream(candidates), shots);
        if (kept.length == shots) {
            return kept;
        }
        int[] pool = others(examples, self, IntStream.range(0, examples.size()), Integer.MAX_VALUE);
        return pool.length < shots
                ? pool
                : Arrays.stream(random.sample(pool.length, shots))
                        .map(index -> pool[index])
                        .toArray();
    }

    private static int[] others(
            Examples examples, @Nullable Map<String, @Nullable Object> self, IntStream candidates, int most) {
        return candidates
                .filter(index -> self == null || !Python.equal(examples.at(index), self))
                .limit(most)
                .toArray();
    }

    /// The examples of a document, in the order they are shown.
    int[] of(int row) {
        return Arrays.copyOfRange(drawn, row * shots, (row + 1) * shots);
    }
}
