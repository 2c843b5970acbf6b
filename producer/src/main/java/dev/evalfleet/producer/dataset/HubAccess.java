package dev.evalfleet.producer.dataset;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The hub that datasets come from. The variables of the Hugging Face libraries are honoured: HF_ENDPOINT, HF_TOKEN,
/// HF_HUB_CACHE, HF_HOME, HF_HUB_OFFLINE, HF_DATASETS_OFFLINE.
///
/// @param token for datasets that are not open to all; sent to the endpoint only
/// @param cacheDir in the layout of the Hugging Face libraries, so that one cache serves both
/// @param offline whether only what is in the caches may be used
public record HubAccess(URI endpoint, @Nullable Secret token, Path cacheDir, boolean offline) {
    private static final URI HUGGING_FACE = URI.create("https://huggingface.co");
    private static final Set<String> YES = Set.of("1", "ON", "YES", "TRUE");

    public HubAccess {
        String path = endpoint.getPath() == null ? "" : endpoint.getPath();
        if (endpoint.getHost() == null || !Set.of("http", "https").contains(endpoint.getScheme())) {
            throw new IllegalArgumentException("producer.hub.endpoint must be an http or https URL, was " + endpoint);
        }
        if (path.endsWith("/")) {
            endpoint = URI.create(endpoint.toString().replaceAll("/+$", ""));
        }
    }

    /// As the environment says.
    public static HubAccess of(Map<String, String> environment) {
        String endpoint = given(environment, "HF_ENDPOINT");
        String token = given(environment, "HF_TOKEN");
        return new HubAccess(
                endpoint == null ? HUGGING_FACE : URI.create(endpoint),
                token == null ? null : new Secret(token),
                cache(environment),
                isYes(environment, "HF_HUB_OFFLINE") || isYes(environment, "HF_DATASETS_OFFLINE"));
    }

    /// The section `producer.hub`; what it does not say, the environment does.
    public static HubAccess from(Settings settings, Map<String, String> environment) {
        HubAccess known = of(environment);
        URI endpoint = settings.uri("endpoint", known.endpoint());
        Secret token = settings.secret("token");
        Path cacheDir = settings.path("cache-dir", known.cacheDir());
        boolean offline = settings.flag("offline", known.offline());
        return settings.build(() -> new HubAccess(endpoint, token == null ? known.token() : token, cacheDir, offline));
    }

    private static Path cache(Map<String, String> environment) {
        String cache = given(environment, "HF_HUB_CACHE");
        if (cache != null) {
            return Path.of(cache);
        }
        String home = given(environment, "HF_HOME");
        if (home != null) {
            return Path.of(home, "hub");
        }
        String shared = given(environment, "XDG_CACHE_HOME");
        Path base = shared == null ? Path.of(System.getProperty("user.home", "."), ".cache") : Path.of(shared);
        return base.resolve("huggingface").resolve("hub");
    }

    private static @Nullable String given(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static boolean isYes(Map<String, String> environment, String name) {
        String value = given(environment, name);
        return value != null && YES.contains(value.toUpperCase(java.util.Locale.ROOT));
    }
}
