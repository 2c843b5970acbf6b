package dev.evalfleet.worker.inference.djl.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.evalfleet.worker.inference.BackendException;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A decoder-only language model on DJL's ONNX Runtime engine, with its tokenizer. Its steps belong to one thread.
public final class CausalModel implements AutoCloseable {

    private static final String ENGINE = "OnnxRuntime";

    private final ModelFolder folder;
    private final Model model;
    private final Graph graph;
    private final ModelTokenizer tokenizer;
    private ModelConfig config;
    private DataType numbers = DataType.FLOAT32;
    private int vocabulary = Integer.MAX_VALUE;
    private boolean pads;

    private CausalModel(ModelFolder folder, Model model, Graph graph, ModelTokenizer tokenizer, ModelConfig config) {
        this.folder = folder;
        this.model = model;
        this.graph = graph;
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /// Loads a model and tries it: shapes, types, cache and padding are known to work afterwards.
    ///
    /// @param gpu number of the GPU; empty: the CPU
    /// @param threads threads of one step
    /// @param maxContext tokens it may see; null: what its files say
    public static CausalModel open(ModelFolder folder, OptionalInt gpu, int threads, @Nullable Integer maxContext)
            throws BackendException {
        keepOffline();
        ModelTokenizer tokenizer = ModelTokenizer.open(folder);
        CausalModel opened = null;
        try {
            ModelConfig config = ModelConfig.read(folder, tokenizer);
            tokenizer.startsWith(config.startToken());
            opened = load(folder, gpu, threads, tokenizer, config);
            SelfCheck.run(opened);
            if (maxContext != null) {
                opened.config = config.withMaxContext(maxContext, folder);
            }
            return opened;
        } catch (BackendException | RuntimeException e) {
            tokenizer.close();
            if (opened != null) {
                opened.model.close();
            }
            throw e;
        }
    }

    private static CausalModel load(
            ModelFolder folder, OptionalInt gpu, int threads, ModelTokenizer tokenizer, ModelConfig config)
            throws BackendException {
        // The engine must exist before anything else touches ONNX Runtime's environment.
        Engine.getEngine(ENGINE);
        // Arrays are handed over from the CPU's memory, wherever the session runs.
        Model model = Model.newInstance(folder.name(), Device.cpu(), ENGINE);
        try (SessionOptions options = options(gpu, threads)) {
            model.load(folder.onnx().getParent(), "model.onnx", Map.of("sessionOptions", options));
            return new CausalModel(folder, model, Graph.of(model.getBlock(), folder, config), tokenizer, config);
        } catch (IOException | MalformedModelException | OrtException | RuntimeException e) {
            model.close();
            throw new BackendException(
                    folder.onnx() + " cannot be loaded: " + reason(e)
                            + "; is the file complete? Export or copy the model again",
                    e);
        } catch (BackendException e) {
            model.close();
            throw e;
        }
    }

    private static SessionOptions options(OptionalInt gpu, int threads) throws OrtException, BackendException {
        SessionOptions options = new SessionOptions();
        options.setInterOpNumThreads(1);
        options.setIntraOpNumThreads(threads);
        // Every step has a new shape: a plan kept for each would only fill memory.
        options.setMemoryPatternOptimization(false);
        // Idle threads of the pool sleep: others use these cores too.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        if (gpu.isPresent()) {
            try {
                // Fails if this build or machine has no CUDA: there is no silent fall back to the CPU.
                options.addCUDA(gpu.getAsInt());
            } catch (OrtException e) {
                options.close();
                throw new BackendException(
                        "device gpu:" + gpu.getAsInt() + " cannot be used: " + reason(e)
                                + "; it takes a build with -Pcuda, an NVIDIA driver, CUDA 12 and cuDNN 9",
                        e);
            }
        }
        return options;
    }

    // DJL would otherwise ask its servers for newer natives and send usage data; the command line may say otherwise.
    private static void keepOffline() {
        for (String key : new String[] {"ai.djl.offline", "OPT_OUT_TRACKING", "ai.djl.onnx.disable_alternative"}) {
            if (System.getProperty(key) == null) {
                System.setProperty(key, "true");
            }
        }
    }

    public String name() {
        return folder.name();
    }

    public ModelFolder folder() {
        return folder;
    }

    public ModelConfig config() {
        return config;
    }

    public ModelTokenizer tokenizer() {
        return tokenizer;
    }

    public int vocabulary() {
        return vocabulary;
    }

    /// Whether rows of different lengths can share a batch.
    public boolean pads() {
        return pads;
    }

    /// Whether a step goes on from what was fed before; otherwise each step computes everything again.
    public boolean caches() {
        return graph.caches();
    }

    /// Bytes that the cache holds for one token of one row.
    public long cacheBytesPerToken() {
        return (long) graph.pasts().size() * config.cacheHeads() * config.headSize() * numbers.getNumOfBytes();
    }

    /// Arrays in native memory now; what grows here leaks.
    public int arrays() {
        return model.getNDManager().getManagedArrays().size();
    }

    /// Starts a batch with as many rows as there are numbers; each says how many columns of padding are on its left.
    public Prefix start(int[] padding) {
        return new Prefix(this, padding);
    }

    Graph graph() {
        return graph;
    }

    DataType numbers() {
        return numbers;
    }

    // What the self-check found out.
    void useNumbers(DataType type) {
        numbers = type;
    }

    void useVocabulary(int size) {
        vocabulary = size;
    }

    void usePadding(boolean works) {
        pads = works;
    }

    NDManager newStep() {
        return model.getNDManager().newSubManager();
    }

    NDList forward(NDList inputs) {
        return model.getBlock().forward(new ParameterStore(model.getNDManager(), false), inputs, false);
    }

    /// The innermost message of a failure: native errors come wrapped several times.
    static String reason(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        return message == null || message.isBlank() ? inner.getClass().getSimpleName() : message.strip();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
