package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.runtime.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// HTTP with redirects followed by hand, each one checked, and with patience for a server that is busy.
@SuppressWarnings("ArrayRecordComponent")
public final class Http {
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_TRIES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final long MOST_TEXT = 64L << 20;

    private final AddressRule rule;
    private final Duration timeout;
    private final Duration firstPause;
    private final HttpClient client;

    public Http(DataAccess access) {
        this(access, Duration.ofMillis(400));
    }

    /// @param firstPause before a server that is busy is asked again; each next one is twice as long
    public Http(DataAccess access, Duration firstPause) {
        this(access, firstPause, new AddressRule(access.allowPrivateAddresses()));
    }

    Http(DataAccess access, Duration firstPause, AddressRule rule) {
        this.firstPause = firstPause;
        this.rule = rule;
        this.timeout = access.timeout();
        this.client = HttpClient.newBuilder()
                .connectTimeout(access.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    Duration timeout() {
        return timeout;
    }

    Duration pause(int tries) {
        return firstPause.multipliedBy(1L << Math.min(tries - 1, 4));
    }

    /// An answer that is not a redirect.
    ///
    /// @param linkedHash what the first answer named as the file's hash: a hub's X-Linked-ETag
    public record Answer(URI uri, int status, HttpHeaders headers, InputStream body, @Nullable String linkedHash)
            implements AutoCloseable {
        public Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /// A text of at most 64 MiB, with its answer; the body is read already.
    public record Page(Answer answer, byte[] text) {}

    public Page page(URI uri, @Nullable Secret token, String where)
            throws IOException, InterruptedException, DatasetException {
        try (Answer answer = get(uri, token, Map.of(), where);
                InputStream body = new StallGuard(answer.body(), timeout)) {
            var text = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            for (int read; (read = body.read(buffer)) >= 0; ) {
                text.write(buffer, 0, read);
                if (text.size() > MOST_TEXT) {
                    throw DatasetException.lasting(where, uri + " answers more than " + MOST_TEXT + " bytes");
                }
            }
            return new Page(answer, text.toByteArray());
        }
    }

    /// Asks; a busy server (429, 5xx) is asked again, after the time it says.
    Answer get(URI uri, @Nullable Secret token, Map<String, String> headers, String where)
            throws IOException, InterruptedException, DatasetException {
        for (int tries = 1; ; tries++) {
            Answer answer = followed(uri, token, headers, where);
            if (!isBusy(answer.status()) || tries == MOST_TRIES) {
                return answer;
            }
            answer.close();
            Thread.sleep(pauseAfter(answer, pause(tries)));
        }
    }

    static boolean isBusy(int status) {
        return status == 429 || status >= 500;
    }

    private static Duration pauseAfter(Answer answer, Duration own) {
        Duration asked = answer.header("retry-after").map(Http::delay).orElse(own);
        return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }

    // Seconds or a date.
    private static Duration delay(String header) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
        } catch (NumberFormatException e) {
            try {
                Instant at = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                Duration left = Duration.between(Instant.now(), at);
                return left.isNegative() ? Duration.ZERO : left;
            } catch (DateTimeParseException unknown) {
                return Duration.ofSeconds(1);
            }
        }
    }

    private Answer followed(URI start, @Nullable Secret token, Map<String, String> headers, String where)
            throws IOException, InterruptedException, DatasetException {
        URI uri = start;
        String linkedHash = null;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            rule.check(uri, where);
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri).timeout(timeout).header("User-Agent", "evalfleet");
            headers.forEach(request::header);
            if (token != null && isSameHost(uri, start)) {
                request.header("Authorization", "Bearer " + token.value());
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            HttpHeaders got = response.headers();
            linkedHash = linkedHash == null ? got.firstValue("x-linked-etag").orElse(null) : linkedHash;
            Optional<String> location = got.firstValue("location");
            if (response.statusCode() / 100 != 3 || location.isEmpty()) {
                return new Answer(uri, response.statusCode(), got, response.body(), linkedHash);
            }
            response.body().close();
            URI next = uri.resolve(location.get());
            if ("https".equals(uri.getScheme()) && "http".equals(next.getScheme())) {
                throw DatasetException.lasting(where, uri + " redirects to " + next + ", which is not encrypted");
            }
            uri = next;
        }
        throw DatasetException.lasting(where, start + " redirects more than " + MOST_REDIRECTS + " times");
    }

    private static boolean isSameHost(URI one, URI other) {
        return one.getScheme().equals(other.getScheme())
                && one.getHost().equals(other.getHost())
                && one.getPort() == other.getPort();
    }
}
