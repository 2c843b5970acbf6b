package dev.evalfleet.worker.inference.scripted;

import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Plays the script of [ScriptedSettings]. It knows the sample, and so its target; a real model does not.
public final class ScriptedBackend implements Backend {

    private final ScriptedSettings script;
    private final @Nullable Sample sample;
    private final AtomicInteger attempts = new AtomicInteger();

    public ScriptedBackend(ScriptedSettings script) {
        this(script, null);
    }

    private ScriptedBackend(ScriptedSettings script, @Nullable Sample sample) {
        this.script = script;
        this.sample = sample;
    }

    @Override
    public Backend forSample(Sample asked) {
        return new ScriptedBackend(script, asked);
    }

    @Override
    public Completion generate(Generation request, Cancellation cancellation) {
        String target = sample == null || sample.getTargets().isEmpty()
                ? ""
                : sample.getTargets().getFirst();
        String said = right() ? target : "not " + target;
        String text = script.answer().replace("{target}", said);
        Output output =
                Output.newBuilder().setText(text).setFinishReason("stop").build();
        return play(List.of(output), tokens(request.prompt()), tokens(text), cancellation);
    }

    /// A right choice is the most likely one, or another where the document is answered wrongly.
    @Override
    public Completion logLikelihoods(List<Question> questions, Cancellation cancellation) {
        List<Integer> gold = sample == null ? List.of() : sample.getGoldChoices();
        int choices = sample == null || sample.getChoices().isEmpty()
                ? questions.size()
                : sample.getChoices().size();
        int best = gold.isEmpty() ? 0 : gold.getFirst();
        if (!right()) {
            best = (best + 1) % choices;
        }
        List<Output> outputs = new ArrayList<>();
        long promptTokens = 0;
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            boolean chosen = i == best;
            double perToken = chosen ? -0.01 : -5 - share("likelihood-" + i);
            double logLikelihood = perToken * tokens(question.continuation());
            outputs.add(Output.newBuilder()
                    .setLogLikelihood(logLikelihood)
                    .setIsGreedy(chosen)
                    .build());
            promptTokens += tokens(question.context()) + tokens(question.continuation());
        }
        return play(outputs, promptTokens, 0, cancellation);
    }

    @Override
    public Completion rollingLogLikelihood(String text, Cancellation cancellation) {
        Output output = Output.newBuilder()
                .setLogLikelihood(-2.0 * tokens(text))
                .setIsGreedy(false)
                .build();
        return play(List.of(output), tokens(text), 0, cancellation);
    }

    private Completion play(List<Output> outputs, long promptTokens, long outputTokens, Cancellation cancellation) {
        Duration took = latency();
        try {
            if (cancellation.await(took)) {
                return new Completion.Cancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Completion.Cancelled();
        }
        Completion failure = failure(attempts.incrementAndGet());
        return failure != null
                ? failure
                : new Completion.Answered(outputs, promptTokens, outputTokens, took, null, null);
    }

    private @Nullable Completion failure(int attempt) {
        double drawn = share("failure-" + attempt);
        for (String name : List.of("throttled", "broken", "timed-out", "refused", "unavailable")) {
            drawn -= script.failures().getOrDefault(name, 0.0);
            if (drawn < 0) {
                return failed(name);
            }
        }
        return null;
    }

    private static Completion failed(String name) {
        return switch (name) {
            case "throttled" -> new Completion.Throttled(null);
            case "broken" -> new Completion.Broken("scripted", "the script says so");
            case "timed-out" -> new Completion.TimedOut(Duration.ZERO);
            case "refused" -> new Completion.Refused("scripted", "the script says so");
            default -> new Completion.Unavailable("the script says so");
        };
    }

    private Duration latency() {
        if (script.latencySigma() == 0) {
            return script.latency();
        }
        double sigma = script.latencySigma();
        // Box-Muller on two uniform draws; the mean stays what the script says.
        double normal = Math.sqrt(-2 * Math.log(1 - share("latency-a"))) * Math.cos(2 * Math.PI * share("latency-b"));
        return Duration.ofNanos((long) (script.latency().toNanos() * Math.exp(sigma * normal - sigma * sigma / 2)));
    }

    private boolean right() {
        return share("right") < script.accuracy();
    }

    /// A number in [0, 1) that depends on the seed, the model, the document and the purpose alone.
    private double share(String purpose) {
        String document = sample == null ? "" : sample.getDocumentId();
        String drawnFrom = script.seed() + "\0" + script.model() + "\0" + document + "\0" + purpose;
        return (ByteBuffer.wrap(sha256(drawnFrom)).getLong() >>> 11) * 0x1.0p-53;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    // About what a real tokeniser gives for English text.
    private static long tokens(String text) {
        return Math.max(1, (text.length() + 3) / 4);
    }

    @Override
    public void probe() {}

    @Override
    public String endpoint() {
        return "scripted";
    }

    @Override
    public void close() {}
}
