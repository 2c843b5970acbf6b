package dev.evalfleet.worker.inference.djl;

import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Unavailable;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.djl.batch.Batcher;
import dev.evalfleet.worker.inference.djl.batch.GenerationJob;
import dev.evalfleet.worker.inference.djl.batch.ModelEngine;
import dev.evalfleet.worker.inference.djl.model.CausalModel;
import dev.evalfleet.worker.inference.djl.model.ModelFolder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a model that runs in this process. Tokens are cut, truncated and counted as lm-eval does it. Chats are not
/// supported: templates are not rendered here.
public final class DjlBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(DjlBackend.class);
    private static final Duration PROBE = Duration.ofSeconds(30);

    private final DjlSettings settings;
    private final CausalModel model;
    private final Batcher batcher;
    private final Generations generations;
    private final Likelihoods likelihoods;
    private final AtomicBoolean closed = new AtomicBoolean();
    // Who is inside a call holds one permit; closing takes them all.
    private final Semaphore inside = new Semaphore(Integer.MAX_VALUE);

    private DjlBackend(DjlSettings settings, CausalModel model) {
        this.settings = settings;
        this.model = model;
        this.batcher = new Batcher(model.name(), new ModelEngine(model), settings.maxBatch(), settings.maxWait());
        var calls = new Calls(batcher, settings.timeout());
        this.generations = new Generations(model, calls, settings.maxNewTokens());
        this.likelihoods = new Likelihoods(model, calls);
    }

    /// Loads the model and tries it.
    public static DjlBackend open(DjlSettings settings) throws BackendException {
        long start = System.nanoTime();
        ModelFolder folder = ModelFolder.at(settings.path());
        CausalModel model = CausalModel.open(folder, settings.gpu(), settings.intraOpThreads(), settings.maxContext());
        LOG.info(
                "Model loaded model={} device={} threads={} context={} cache={} took={}ms",
                model.name(),
                settings.device(),
                settings.intraOpThreads(),
                model.config().maxContext(),
                model.caches(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        var backend = new DjlBackend(settings, model);
        backend.batcher.start();
        return backend;
    }

    @Override
    public Completion generate(Generation request, Cancellation cancellation) {
        return call(() -> generations.generate(request, cancellation));
    }

    @Override
    public Completion logLikelihoods(List<Question> questions, Cancellation cancellation) {
        return call(() -> likelihoods.each(questions, cancellation));
    }

    @Override
    public Completion rollingLogLikelihood(String text, Cancellation cancellation) {
        return call(() -> likelihoods.rolling(text, cancellation));
    }

    private Completion call(Supplier<Completion> call) {
        inside.acquireUninterruptibly();
        try {
            return closed.get() ? new Unavailable("the model " + model.name() + " was closed") : call.get();
        } finally {
            inside.release();
        }
    }

    /// The files are there, and the engine computes a token.
    @Override
    public void probe() throws BackendException {
        ModelFolder.at(settings.path());
        long start = Math.max(0, model.config().startToken());
        GenerationParams params = GenerationParams.newBuilder().build();
        var job = new GenerationJob(new long[] {start}, 1, params, Set.of(), 0);
        Completion failure = new Calls(batcher, PROBE).ask(List.of(job), new Cancellation());
        if (failure != null) {
            throw new BackendException("the model " + model.name() + " computes nothing: " + failure);
        }
    }

    @Override
    public String endpoint() {
        return "djl";
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            // Freeing a model under a running step would end the process.
            if (batcher.stop() && inside.tryAcquire(Integer.MAX_VALUE, 1, TimeUnit.SECONDS)) {
                inside.release(Integer.MAX_VALUE);
                model.close();
            } else {
                LOG.warn("Model still computes, its memory is not freed model={}", model.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
