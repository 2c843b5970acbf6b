package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.runtime.python.PythonRandom;
import java.util.Arrays;
import java.util.Map;
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
        Arrays.fill(drawn, -1);
        var random = new PythonRandom(settings.seed());
        for (int row = 0; row < documents.size(); row++) {
            int[] candidates =
                    first ? firstOf(Math.min(wanted, examples.size())) : random.sample(examples.size(), wanted);
            keep(candidates, shared ? documents.at(row) : null, examples, drawn, row * shots, shots);
        }
        return new FewShot(shots, drawn);
    }

    private static int[] firstOf(int count) {
        int[] indices = new int[count];
        Arrays.setAll(indices, i -> i);
        return indices;
    }

    private static void keep(
            int[] candidates,
            @Nullable Map<String, @Nullable Object> self,
            Examples examples,
            int[] drawn,
            int at,
            int shots) {
        int kept = 0;
        for (int candidate : candidates) {
            if (kept < shots && (self == null || !Python.equal(examples.at(candidate), self))) {
                drawn[at + kept++] = candidate;
            }
        }
    }

    /// The examples of a document, in the order they are shown.
    int[] of(int row) {
        int[] all = Arrays.copyOfRange(drawn, row * shots, (row + 1) * shots);
        return Arrays.stream(all).filter(index -> index >= 0).toArray();
    }
}
