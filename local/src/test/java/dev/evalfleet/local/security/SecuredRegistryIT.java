package dev.evalfleet.local.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.local.embedded.EmbeddedRegistry;
import dev.evalfleet.runtime.security.TlsSettings;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A registry over TLS: by password, by token, by certificate.
class SecuredRegistryIT {
    @TempDir
    private Path folder;

    @Test
    void opensToAPasswordATokenOrACertificateAndToNothingElse() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "ours");
        TestAuthority.Identity door = authority.vouchFor("registry");
        TestAuthority.Identity client = authority.vouchFor("client");
        SSLContext server = context(new TlsSettings(authority.ca(), door.certificate(), door.key(), null));
        SSLContext trusting = context(new TlsSettings(authority.ca(), null, null, null));
        SSLContext certified = context(new TlsSettings(authority.ca(), client.certificate(), client.key(), null));
        try (EmbeddedRegistry registry = EmbeddedRegistry.start(folder.resolve("registry"));
                SecuredRegistry byWord =
                        new SecuredRegistry(registry.url(), server, Set.of("Basic YW5uOnB3", "Bearer t0ken"));
                SecuredRegistry byCertificate = new SecuredRegistry(registry.url(), server, Set.of())) {

            assertThat(subjects(access(byWord, trusting).withBasic("ann", "pw")))
                    .isEmpty();
            assertThat(subjects(access(byWord, trusting).withBearer("t0ken"))).isEmpty();
            assertThat(subjects(access(byCertificate, certified))).isEmpty();

            assertRefused(access(byWord, trusting).withBearer("wr0ng"), "refuses the credentials (401)");
            assertRefused(access(byWord, null).withBearer("t0ken"), "does not answer");
            assertRefused(access(byCertificate, trusting), "does not answer");
        }
    }

    private static RegistryAccess access(SecuredRegistry registry, @Nullable SSLContext tls) {
        return new RegistryAccess(List.of(URI.create(registry.url())), null, tls, Duration.ofSeconds(10), 1, true);
    }

    private static List<String> subjects(RegistryAccess access) {
        try (HttpSchemaRegistry registry = new HttpSchemaRegistry(access)) {
            return registry.subjects();
        }
    }

    private static void assertRefused(RegistryAccess access, String message) {
        assertThatThrownBy(() -> subjects(access))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(message)
                .satisfies(problem ->
                        assertThat(String.valueOf(problem.getMessage())).doesNotContain("wr0ng", "t0ken"));
    }

    private static SSLContext context(TlsSettings settings) {
        return Objects.requireNonNull(settings.context());
    }
}
