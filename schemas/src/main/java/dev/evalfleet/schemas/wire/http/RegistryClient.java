package dev.evalfleet.schemas.wire.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// HTTP calls to a schema registry that may have several servers: the next one is asked when one does not answer, and
/// all of them again after a pause. Answers that concern the question (4xx) are returned, everything else in the end
/// is a [RegistryUnavailableException].
final class RegistryClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final long LARGEST_ANSWER = 32L << 20;
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";

    /// @param code the registry's error code, 0 when it is no error
    record Answer(int status, int code, JsonNode body) {
        boolean isOk() {
            return status / 100 == 2;
        }

        String message() {
            return body.path("message").asText("status " + status);
        }
    }

    private final RegistryAccess access;
    private final HttpClient http;
    private volatile int preferred;

    RegistryClient(RegistryAccess access) {
        this.access = access;
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(access.timeout());
        if (access.tls() != null) {
            client.sslContext(access.tls());
        }
        this.http = client.build();
    }

    Answer get(String path) {
        return call("GET", path, null);
    }

    Answer post(String path, JsonNode body) {
        return call("POST", path, body.toString());
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }

    private Answer call(String method, String path, @Nullable String body) {
        List<String> failures = new ArrayList<>();
        Duration pause = FIRST_PAUSE;
        for (int round = 1; round <= access.rounds(); round++) {
            if (round > 1) {
                sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
            failures.clear();
            Answer answer = askEach(method, path, body, failures);
            if (answer != null) {
                return answer;
            }
        }
        throw new RegistryUnavailableException(
                "The schema registry does not answer: %s. Check registry.urls and that it runs"
                        .formatted(String.join("; ", failures)),
                null);
    }

    private @Nullable Answer askEach(String method, String path, @Nullable String body, List<String> failures) {
        int count = access.urls().size();
        int first = preferred;
        for (int i = 0; i < count; i++) {
            int server = (first + i) % count;
            URI url = access.urls().get(server);
            try {
                Answer answer = ask(url, method, path, body);
                preferred = server;
                return answer;
            } catch (IOException e) {
                failures.add(url + ": " + reason(e));
            }
        }
        return null;
    }

    private Answer ask(URI url, String method, String path, @Nullable String body) throws IOException {
        String base = url.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .uri(URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .header("Accept", TYPE + ", application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", TYPE);
        }
        if (access.authorization() != null) {
            request.header("Authorization", access.authorization());
        }
        try {
            return read(url, whole(request.build()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted while asking the schema registry at " + url, e);
        }
    }

    // The client's own timeout ends with the headers of an answer; a server may fall silent after them.
    private HttpResponse<String> whole(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_ANSWER));
        try {
            return answer.get(access.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException(
                    "no answer within " + access.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static Answer read(URI url, HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        if (status == 401 || status == 403) {
            throw new RegistryUnavailableException(
                    "The schema registry at %s refuses the credentials (%d). Check registry.user and registry.password, or registry.bearer-token"
                            .formatted(url, status),
                    null);
        }
        if (status >= 500 || status == 429 || status == 408) {
            throw new IOException("answered " + status);
        }
        JsonNode body = parse(response.body());
        int code = body.path("error_code").asInt(0);
        boolean isRegistry = status / 100 == 2 ? !body.isMissingNode() : code != 0;
        if (!isRegistry) {
            throw new IOException("answered %d, not as a schema registry does".formatted(status));
        }
        return new Answer(status, code, body);
    }

    private static JsonNode parse(String body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("answered something that is not JSON", e);
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted while waiting for the schema registry", e);
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        if (e instanceof java.net.ConnectException) {
            return "no connection"; // the JDK gives no message
        }
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
