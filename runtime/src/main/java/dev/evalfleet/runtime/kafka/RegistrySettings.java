package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.security.TlsSettings;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The section `registry`.
final class RegistrySettings {
    private static final List<String> DEFAULT_URLS = List.of("http://localhost:8081");

    private RegistrySettings() {}

    static RegistryAccess from(Settings settings) {
        Settings registry = settings.section("registry");
        List<String> urls = registry.has("urls") ? registry.strings("urls") : DEFAULT_URLS;
        String user = registry.optional("user");
        Secret password = registry.secret("password");
        Secret token = registry.secret("bearer-token");
        Duration timeout = registry.duration("timeout", Duration.ofSeconds(5));
        int rounds = registry.integer("rounds", 4);
        boolean autoRegister = registry.flag("auto-register", true);
        Supplier<TlsSettings> tls = TlsSettings.reader(registry);
        return registry.build(() -> {
            List<URI> servers = urls.stream().map(URI::create).toList();
            RegistryAccess access =
                    new RegistryAccess(servers, null, tls.get().context(), timeout, rounds, autoRegister);
            return authorized(access, user, password, token);
        });
    }

    private static RegistryAccess authorized(
            RegistryAccess access, @Nullable String user, @Nullable Secret password, @Nullable Secret token) {
        if (token != null && (user != null || password != null)) {
            throw new IllegalArgumentException("registry.bearer-token cannot be used together with registry.user");
        }
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("registry.user and registry.password must be given together");
        }
        if (token != null) {
            return access.withBearer(token.value());
        }
        return user == null || password == null ? access : access.withBasic(user, password.value());
    }
}
