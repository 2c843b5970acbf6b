package dev.evalfleet.worker.inference.openai.http;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// HTTP as this backend uses it: every call can be given up, and ends in a response or in a [CallEnded].
public final class HttpCalls implements AutoCloseable {

    private final HttpClient client;
    private final @Nullable String authorization;

    public HttpCalls(Duration connectTimeout, @Nullable Secret apiKey) {
        // HTTP/1.1: model servers answer the upgrade to HTTP/2 with warnings at best.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
        this.authorization = apiKey == null ? null : "Bearer " + apiKey.value();
    }

    /// A response whose body is still arriving. Closing it gives up what has not arrived.
    public record Reply(HttpResponse<ResponseBytes> response, Cancellation.Registration registration)
            implements AutoCloseable {

        public int status() {
            return response.statusCode();
        }

        public ResponseBytes bytes() {
            return response.body();
        }

        public boolean isStream() {
            return response.headers().firstValue("content-type").orElse("").contains("text/event-stream");
        }

        @Override
        public void close() {
            registration.close();
            bytes().giveUp();
        }
    }

    public Reply post(URI url, byte[] json, Cancellation cancellation) throws CallEnded, InterruptedException {
        return send(
                request(url)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                        .build(),
                cancellation);
    }

    public Reply get(URI url, Duration atMost, Cancellation cancellation) throws CallEnded, InterruptedException {
        return send(request(url).timeout(atMost).GET().build(), cancellation);
    }

    private HttpRequest.Builder request(URI url) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(url).header("Accept", "application/json, text/event-stream");
        if (authorization != null) {
            builder.header("Authorization", authorization);
        }
        return builder;
    }

    private Reply send(HttpRequest request, Cancellation cancellation) throws CallEnded, InterruptedException {
        ResponseBytes bytes = new ResponseBytes();
        CompletableFuture<HttpResponse<ResponseBytes>> response = client.sendAsync(request, _ -> bytes);
        Cancellation.Registration registration = cancellation.onRequest(() -> {
            response.cancel(true);
            bytes.giveUp();
        });
        boolean replied = false;
        try {
            Reply reply = new Reply(response.get(), registration);
            replied = true;
            return reply;
        } catch (CancellationException e) {
            throw new CallEnded(new Completion.Cancelled());
        } catch (ExecutionException e) {
            throw new CallEnded(
                    cancellation.requested() ? new Completion.Cancelled() : failure(request.uri(), e.getCause()));
        } finally {
            if (!replied) {
                registration.close();
                response.cancel(true);
            }
        }
    }

    private static Completion failure(URI url, @Nullable Throwable cause) {
        String server = url.getScheme() + "://" + url.getAuthority();
        return switch (cause) {
            case HttpConnectTimeoutException _ ->
                new Completion.Unavailable("no connection to " + server + " within the connect timeout");
            case ConnectException e ->
                new Completion.Unavailable(
                        e.getCause() instanceof UnresolvedAddressException
                                ? "host " + url.getHost() + " is not known"
                                : "no connection to " + server + "; is the model server running?");
            case SSLException e ->
                new Completion.Unavailable("no secure connection to " + server + ": " + e.getMessage());
            case java.net.http.HttpTimeoutException _ ->
                new Completion.Broken("no_answer", server + " did not answer in time");
            case IOException e ->
                new Completion.Broken("connection_lost", "connection to " + server + " lost: " + text(e));
            case null, default -> new Completion.Broken("connection_lost", "call to " + server + " failed: " + cause);
        };
    }

    private static String text(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
