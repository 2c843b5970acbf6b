package dev.evalfleet.schemas.wire.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How to reach a schema registry.
///
/// @param urls tried in order from the last one that answered
/// @param authorization value of the Authorization header; never printed
/// @param tls certificates to trust and to show; null: the JVM's own
/// @param timeout of one call to one server
/// @param rounds how often all servers are tried before giving up
/// @param autoRegister whether new schemas are registered, or must be there already
public record RegistryAccess(
        List<URI> urls,
        @Nullable String authorization,
        @Nullable SSLContext tls,
        Duration timeout,
        int rounds,
        boolean autoRegister) {

    public RegistryAccess {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("registry.urls must name at least one http(s) URL");
        }
        urls.forEach(RegistryAccess::check);
        if (rounds < 1) {
            throw new IllegalArgumentException("registry.rounds must be at least 1, was " + rounds);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("registry.timeout must be positive, was " + timeout);
        }
    }

    public static RegistryAccess of(URI... urls) {
        return new RegistryAccess(List.of(urls), null, null, Duration.ofSeconds(5), 4, true);
    }

    public RegistryAccess withBasic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return withAuthorization("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    public RegistryAccess withBearer(String token) {
        return withAuthorization("Bearer " + token);
    }

    public RegistryAccess withTimeout(Duration each, int times) {
        return new RegistryAccess(urls, authorization, tls, each, times, autoRegister);
    }

    public RegistryAccess withAutoRegister(boolean isOn) {
        return new RegistryAccess(urls, authorization, tls, timeout, rounds, isOn);
    }

    @Override
    public String toString() {
        return "RegistryAccess[urls=%s, authorization=%s, timeout=%s, rounds=%d, autoRegister=%s]"
                .formatted(urls, authorization == null ? "none" : "***", timeout, rounds, autoRegister);
    }

    private RegistryAccess withAuthorization(String value) {
        return new RegistryAccess(urls, value, tls, timeout, rounds, autoRegister);
    }

    private static void check(URI url) {
        boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!isHttp || url.getHost() == null) {
            throw new IllegalArgumentException("registry.urls must be http(s) URLs, but one is \"" + url + "\"");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "registry.urls must not hold credentials; use registry.user and registry.password for "
                            + url.getHost());
        }
    }
}
