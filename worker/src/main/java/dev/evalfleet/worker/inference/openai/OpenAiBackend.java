package dev.evalfleet.worker.inference.openai;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import dev.evalfleet.worker.inference.openai.http.HttpCalls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model behind one or more servers that speak OpenAI's API.
public final class OpenAiBackend implements Backend {

    // How long an answer may take as a whole is the caller's business; this only ends a wait for nothing.
    private static final Duration NO_BOUND = Duration.ofDays(1);
    private static final int MOST_REFUSALS = 4;

    private final OpenAiSettings settings;
    private final HttpCalls http;
    private final Endpoints endpoints;
    private final Dialect dialect;
    private final EchoServer echoes;
    private final Probe probe;
    private volatile @Nullable Boolean lastWasChat;

    public OpenAiBackend(OpenAiSettings settings) {
        this.settings = settings;
        this.http = new HttpCalls(settings.connectTimeout(), settings.apiKey());
        this.endpoints = new Endpoints(settings.baseUrls(), System::nanoTime);
        this.dialect = new Dialect(settings);
        this.echoes = new EchoServer(http, dialect, settings.idleTimeout());
        this.probe = new Probe(settings, http, dialect);
    }

    @Override
    public Completion generate(Generation request, Cancellation cancellation) {
        boolean chat = !request.messages().isEmpty();
        lastWasChat = chat;
        return ask(base -> {
            URI url = at(base, chat ? "/chat/completions" : "/completions");
            for (int refusals = 0; ; refusals++) {
                Optional<Completion> end = generate(base, url, request, cancellation, refusals < MOST_REFUSALS);
                if (end.isPresent()) {
                    return end.get();
                }
            }
        });
    }

    /// Empty when the server refused the form of the request, and another form is worth trying.
    private Optional<Completion> generate(
            URI base, URI url, Generation request, Cancellation cancellation, boolean mayLearn)
            throws CallEnded, InterruptedException {
        long start = System.nanoTime();
        List<String> stops = Dialect.stops(request.params());
        Answers answers = new Answers(base.toString(), NO_BOUND, settings.idleTimeout(), start);
        try (HttpCalls.Reply reply = http.post(url, dialect.generation(request), cancellation)) {
            if (reply.status() != 200) {
                ApiErrors.ApiError error = errorIn(reply);
                boolean refused = error.status() == 400 || error.status() == 422;
                return refused && mayLearn && dialect.learn(error, request)
                        ? Optional.empty()
                        : Optional.of(
                                ApiErrors.completion(error, reply.response().headers(), base.toString()));
            }
            return Optional.of(
                    reply.isStream()
                            ? answers.stream(reply, stops)
                            : answers.whole(reply.bytes().all(NO_BOUND), stops));
        }
    }

    @Override
    public Completion logLikelihoods(List<Question> questions, Cancellation cancellation) {
        lastWasChat = false;
        return ask(base -> {
            long start = System.nanoTime();
            LogLikelihoods asked =
                    new LogLikelihoods(echoes.at(base, cancellation), base.toString(), settings.prefix());
            List<Output> outputs = new ArrayList<>(questions.size());
            for (Question question : questions) {
                outputs.add(asked.of(question));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new Completion.Answered(outputs, asked.promptTokens(), 0, took, null, base.toString());
        });
    }

    /// In one window: a text longer than the model can see is refused, as its tokens are not known here.
    @Override
    public Completion rollingLogLikelihood(String text, Cancellation cancellation) {
        return logLikelihoods(List.of(new Question("", text)), cancellation);
    }

    private ApiErrors.ApiError errorIn(HttpCalls.Reply reply) throws CallEnded, InterruptedException {
        return ApiErrors.ApiError.of(reply.status(), reply.bytes().all(settings.idleTimeout()));
    }

    private Completion ask(Endpoints.Call call) {
        try {
            return endpoints.ask(base -> withoutKey(call, base));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Completion.Cancelled();
        }
    }

    // Some servers repeat the key they refuse; results and logs are not the place for it.
    private Completion withoutKey(Endpoints.Call call, URI base) throws InterruptedException {
        Completion completion;
        try {
            completion = call.on(base);
        } catch (CallEnded e) {
            completion = e.completion();
        }
        return switch (completion) {
            case Completion.Unavailable(var reason) -> new Completion.Unavailable(withoutKey(reason));
            case Completion.Broken(var code, var reason) -> new Completion.Broken(code, withoutKey(reason));
            case Completion.Unsupported(var reason) -> new Completion.Unsupported(withoutKey(reason));
            case Completion.Refused(var code, var reason) -> new Completion.Refused(code, withoutKey(reason));
            default -> completion;
        };
    }

    private String withoutKey(String text) {
        Secret key = settings.apiKey();
        return key == null ? text : key.hiddenIn(text);
    }

    private static URI at(URI base, String path) {
        return URI.create(base + path);
    }

    /// Succeeds when at least one replica serves the model.
    @Override
    public void probe() throws BackendException {
        List<String> problems = new ArrayList<>();
        for (URI base : endpoints.bases()) {
            String problem = probe.problem(base, lastWasChat);
            endpoints.probed(base, problem == null ? null : withoutKey(problem));
            if (problem != null) {
                problems.add(withoutKey(problem));
            }
        }
        if (problems.size() == endpoints.bases().size()) {
            throw new BackendException(String.join("; ", problems));
        }
    }

    @Override
    public String endpoint() {
        return settings.baseUrls().getFirst().toString();
    }

    @Override
    public void close() {
        http.close();
    }
}
