package dev.evalfleet.worker.inference.djl.model;

import ai.djl.ndarray.types.DataType;
import dev.evalfleet.worker.inference.BackendException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries a model that was just loaded: a wrong shape, type or cache must show here and not in scores.
final class SelfCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);
    private static final int LENGTH = 6;
    // Share of the range of the logits; half precision and reduced precision on GPUs stay well below.
    private static final float TOLERANCE = 0.02f;

    private final CausalModel model;
    private final long[] tokens = new long[LENGTH];

    private SelfCheck(CausalModel model) {
        this.model = model;
    }

    static void run(CausalModel model) throws BackendException {
        var check = new SelfCheck(model);
        check.findTypes();
        float[] expected = check.atOnce();
        if (model.caches() && !same(expected, check.inTwoSteps(0))) {
            throw new BackendException(model.folder().onnx() + ": a step with the key-value cache does not continue"
                    + " what was fed before; export the model again with --task text-generation-with-past");
        }
        boolean pads = same(expected, check.inTwoSteps(3));
        model.usePadding(pads);
        if (!pads) {
            LOG.info("Model does not take padding, only texts of one length are batched model={}", model.name());
        }
    }

    private void findTypes() throws BackendException {
        try {
            model.useVocabulary(firstStep());
        } catch (RuntimeException e) {
            if (!CausalModel.reason(e).contains("float16")) {
                throw unusable(e);
            }
            try {
                model.useNumbers(DataType.FLOAT16);
                model.useVocabulary(firstStep());
            } catch (RuntimeException again) {
                throw unusable(again);
            }
        }
        for (int i = 0; i < LENGTH; i++) {
            tokens[i] = Math.floorMod(7919L * (i + 1), model.vocabulary());
        }
    }

    private BackendException unusable(RuntimeException e) {
        return new BackendException(
                model.folder().onnx() + " does not take what " + model.folder().path() + "/config.json implies ("
                        + model.config().cacheHeads() + " cached heads of "
                        + model.config().headSize() + "): "
                        + CausalModel.reason(e),
                e);
    }

    private int firstStep() {
        try (Prefix prefix = model.start(new int[1])) {
            return prefix.feed(new long[][] {{Math.max(0, model.config().startToken())}}, 0, 1)
                    .vocabulary();
        }
    }

    private float[] atOnce() {
        try (Prefix prefix = model.start(new int[1])) {
            return prefix.feed(new long[][] {tokens}, 0, LENGTH).at(0, LENGTH - 1);
        }
    }

    // With padding: beside a longer row.
    private float[] inTwoSteps(int padding) {
        int width = LENGTH + padding;
        long[] row = new long[width];
        System.arraycopy(tokens, 0, row, padding, LENGTH);
        long[] longer = new long[width];
        long[][] rows = padding == 0 ? new long[][] {row} : new long[][] {longer, row};
        try (Prefix prefix = model.start(padding == 0 ? new int[1] : new int[] {0, padding})) {
            prefix.absorb(rows, 0, width - 2);
            return prefix.feed(rows, width - 2, width).at(rows.length - 1, 1);
        } catch (RuntimeException e) {
            LOG.debug("Step failed in the self-check", e);
            return new float[0];
        }
    }

    private static boolean same(float[] expected, float[] actual) {
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        float difference = actual.length == expected.length ? 0 : Float.NaN;
        for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
            least = Math.min(least, expected[i]);
            most = Math.max(most, expected[i]);
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        return difference <= TOLERANCE * (most - least);
    }
}
