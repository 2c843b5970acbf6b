package dev.evalfleet.worker.inference.djl;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.BackendSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A model that this process runs itself.
///
/// @param path folder of the ONNX export
/// @param device `cpu` or `gpu:N`
/// @param intraOpThreads threads of one step of the model
/// @param maxBatch most texts computed at once
/// @param maxWait how long a text waits for others before a batch starts that is not full
/// @param maxNewTokens tokens generated where a sample does not say how many
/// @param maxContext tokens the model may see; null: what its config.json says
/// @param timeout longest time of one call
public record DjlSettings(
        Path path,
        String device,
        int intraOpThreads,
        int maxBatch,
        Duration maxWait,
        int maxNewTokens,
        @Nullable Integer maxContext,
        Duration timeout)
        implements BackendSettings {

    // Two tenths of a short batch on a CPU; a GPU likes longer.
    private static final Duration MAX_WAIT = Duration.ofMillis(2);
    // lm-eval's default of max_gen_toks.
    private static final int MAX_NEW_TOKENS = 256;
    private static final int MAX_BATCH = 16;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern DEVICE = Pattern.compile("cpu|gpu(?::(\\d{1,3}))?");

    public DjlSettings {
        require(DEVICE.matcher(device).matches(), "device", "cpu, gpu or gpu:N", device);
        require(intraOpThreads >= 1, "intra-op-threads", "at least 1", intraOpThreads);
        require(maxBatch >= 1, "max-batch", "at least 1", maxBatch);
        require(!maxWait.isNegative(), "max-wait", "0 or more", maxWait);
        require(maxNewTokens >= 1, "max-new-tokens", "at least 1", maxNewTokens);
        if (maxContext != null) {
            require(maxContext >= 2, "max-context", "at least 2", maxContext);
        }
        require(timeout.isPositive(), "timeout", "more than 0", timeout);
    }

    private static void require(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(key + " of a djl model must be " + rule + ", was " + value);
        }
    }

    /// The model in this folder on the CPU, everything else as it is by default.
    public static DjlSettings of(Path path) {
        return new DjlSettings(path, "cpu", threads(), MAX_BATCH, MAX_WAIT, MAX_NEW_TOKENS, null, TIMEOUT);
    }

    /// Reads the entry of `worker.models` that declares the model.
    public static DjlSettings from(Settings model) {
        Path path = model.path("path");
        String device = model.string("device", "cpu");
        int intraOpThreads = model.integer("intra-op-threads", threads());
        int maxBatch = model.integer("max-batch", MAX_BATCH);
        Duration maxWait = model.duration("max-wait", MAX_WAIT);
        int maxNewTokens = model.integer("max-new-tokens", MAX_NEW_TOKENS);
        Integer maxContext = model.has("max-context") ? Integer.valueOf(model.integer("max-context")) : null;
        Duration timeout = model.duration("timeout", TIMEOUT);
        return model.build(() ->
                new DjlSettings(path, device, intraOpThreads, maxBatch, maxWait, maxNewTokens, maxContext, timeout));
    }

    // Two hardware threads share the arithmetic units of a core: more threads than cores gain nothing.
    private static int threads() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /// Number of the GPU, if it is one.
    OptionalInt gpu() {
        Matcher matcher = DEVICE.matcher(device);
        if (!matcher.matches() || device.equals("cpu")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
    }

    @Override
    public Backend open() throws BackendException {
        return DjlBackend.open(this);
    }
}
