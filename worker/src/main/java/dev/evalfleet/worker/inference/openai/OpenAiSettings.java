package dev.evalfleet.worker.inference.openai;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.worker.inference.BackendSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where a model is served and how it is asked.
///
/// @param servedName the name the server knows the model by
/// @param baseUrls with the version, as in `http://host:8000/v1`; several are replicas of each other
/// @param idleTimeout longest silence in a stream after its first token
/// @param stream whether answers are streamed, so that the time to the first token is known
/// @param prefix the model's start token as text, for log-likelihoods without context on servers that do not add it
public record OpenAiSettings(
        String servedName,
        List<URI> baseUrls,
        @Nullable Secret apiKey,
        Duration connectTimeout,
        Duration idleTimeout,
        boolean stream,
        @Nullable String prefix)
        implements BackendSettings {

    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    public OpenAiSettings {
        if (baseUrls.isEmpty()) {
            throw new IllegalArgumentException("base-url is required for model '" + servedName
                    + "' with backend openai, for example http://localhost:8000/v1");
        }
        baseUrls = baseUrls.stream().map(OpenAiSettings::checked).toList();
        requirePositive("connect-timeout", connectTimeout);
        requirePositive("idle-timeout", idleTimeout);
    }

    /// One server with everything else as it is by default.
    public static OpenAiSettings of(String servedName, URI baseUrl, @Nullable Secret apiKey) {
        return new OpenAiSettings(servedName, List.of(baseUrl), apiKey, CONNECT_TIMEOUT, IDLE_TIMEOUT, true, null);
    }

    public static OpenAiSettings from(Settings model) {
        String servedName = model.string("served-name", model.string("name"));
        List<String> urls = Stream.concat(
                        Stream.ofNullable(model.optional("base-url")), model.strings("base-urls").stream())
                .toList();
        Secret apiKey = model.secret("api-key");
        Duration connectTimeout = model.duration("connect-timeout", CONNECT_TIMEOUT);
        Duration idleTimeout = model.duration("idle-timeout", IDLE_TIMEOUT);
        boolean stream = model.flag("stream", true);
        String prefix = model.optional("prefix");
        return model.build(() -> new OpenAiSettings(
                servedName,
                urls.stream().map(OpenAiSettings::parse).toList(),
                apiKey,
                connectTimeout,
                idleTimeout,
                stream,
                prefix));
    }

    private static URI parse(String url) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("base-url must be a URL, but is \"" + url + "\"", e);
        }
    }

    private static URI checked(URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "base-url must be a URL such as http://localhost:8000/v1, but is \"" + url + "\"");
        }
        if (url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            throw new IllegalArgumentException("base-url of host " + url.getHost()
                    + " must not hold a user, a query or a fragment; credentials go to api-key");
        }
        String text = url.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : url;
    }

    private static void requirePositive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(key + " must be longer than nothing, was " + value);
        }
    }

    @Override
    public OpenAiBackend open() {
        return new OpenAiBackend(this);
    }
}
