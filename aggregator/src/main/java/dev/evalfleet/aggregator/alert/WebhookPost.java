package dev.evalfleet.aggregator.alert;

import dev.evalfleet.aggregator.alert.AlertSettings.Webhook;
import dev.evalfleet.runtime.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts one body to one webhook, again and again within bounds while its server does not answer well.
final class WebhookPost {
    static final String SIGNATURE = "X-Evalfleet-Signature";
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private static final Logger LOG = LoggerFactory.getLogger(WebhookPost.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final HttpClient client;
    private final Duration firstPause;
    private final int attempts;

    /// @param firstPause before the second attempt; each later one is twice as long, up to a minute
    WebhookPost(Duration firstPause, int attempts) {
        this.client = HttpClient.newBuilder()
                .connectTimeout(ANSWER_WITHIN)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.firstPause = firstPause;
        this.attempts = attempts;
    }

    static WebhookPost standard() {
        return new WebhookPost(Duration.ofSeconds(1), 8);
    }

    /// @param id the same for the same body, so that the receiver can drop repeats
    /// @return whether it was accepted
    boolean deliver(Webhook webhook, String id, String body) throws InterruptedException {
        Duration pause = firstPause;
        for (int attempt = 1; ; attempt++) {
            String problem;
            try {
                int status = status(request(webhook, id, body));
                if (status >= 200 && status < 300) {
                    return true;
                }
                problem = "status " + status;
                if (!mayHelp(status)) {
                    LOG.warn("alert refused id={} host={} problem=\"{}\"", id, host(webhook), problem);
                    return false;
                }
            } catch (IOException e) {
                problem = String.valueOf(e.getMessage() == null ? e : e.getMessage());
            }
            if (attempt >= attempts) {
                LOG.warn(
                        "alert given up id={} host={} attempts={} problem=\"{}\"", id, host(webhook), attempt, problem);
                return false;
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    // A server may take for ever over the rest of its answer, which nobody wants.
    private int status(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }

    /// HMAC-SHA256 of the body, as the header says it.
    static String signature(Secret secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequest request(Webhook webhook, String id, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(webhook.url())
                .timeout(ANSWER_WITHIN)
                .header("Content-Type", "application/json")
                .header(IDEMPOTENCY_KEY, id)
                .POST(BodyPublishers.ofString(body));
        Secret secret = webhook.secret();
        if (secret != null) {
            request.header(SIGNATURE, signature(secret, body));
        }
        return request.build();
    }

    // What the server says of the request itself does not change by saying it again.
    private static boolean mayHelp(int status) {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }

    // Paths of webhooks are often secrets.
    private static String host(Webhook webhook) {
        return webhook.url().getHost();
    }
}
