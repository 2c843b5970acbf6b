package dev.evalfleet.runtime.security;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/// Certificates as PEM files: whom this process trusts, and who it is.
///
/// @param caFile certificates to trust instead of the JVM's own
/// @param certificateFile this process's certificate, then those it is signed with
/// @param keyFile private key of the certificate, PKCS#8
/// @param keyPassword of an encrypted key
public record TlsSettings(
        @Nullable Path caFile, @Nullable Path certificateFile, @Nullable Path keyFile, @Nullable Secret keyPassword) {

    private static final String PEM = "PEM";

    public TlsSettings {
        if ((certificateFile == null) != (keyFile == null)) {
            throw new IllegalArgumentException("certificate-file and key-file must be given together");
        }
        if (keyPassword != null && keyFile == null) {
            throw new IllegalArgumentException("key-password is of no use without key-file");
        }
    }

    /// Reads `ca-file`, `certificate-file`, `key-file` and `key-password` of a section.
    ///
    /// @return how to make it, once the section is read
    public static java.util.function.Supplier<TlsSettings> reader(Settings section) {
        Path ca = path(section, "ca-file");
        Path certificate = path(section, "certificate-file");
        Path key = path(section, "key-file");
        Secret password = section.secret("key-password");
        return () -> new TlsSettings(ca, certificate, key, password);
    }

    /// Whether anything differs from what the JVM does by itself.
    public boolean isGiven() {
        return caFile != null || certificateFile != null;
    }

    /// As Kafka's clients want it.
    ///
    /// @throws OperatorException when a file cannot be read
    public Map<String, String> kafkaProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (caFile != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, PEM);
            properties.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, content("ca-file", caFile));
        }
        if (certificateFile != null && keyFile != null) {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, PEM);
            properties.put(
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, content("certificate-file", certificateFile));
            properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, content("key-file", keyFile));
        }
        if (keyPassword != null) {
            properties.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, keyPassword.value());
        }
        return properties;
    }

    /// For clients of HTTP; null when the JVM's own will do.
    ///
    /// @throws OperatorException when a file cannot be read or holds no certificate or key
    public @Nullable SSLContext context() {
        if (!isGiven()) {
            return null;
        }
        ConfigDef known = new ConfigDef().withClientSslSupport();
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AbstractConfig(known, kafkaProperties(), false).values());
            return factory.sslContext();
        } catch (KafkaException e) {
            throw new OperatorException(
                    "The certificates cannot be used (%s). ca-file and certificate-file hold PEM certificates, key-file a PKCS#8 private key (BEGIN PRIVATE KEY)"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static @Nullable Path path(Settings section, String key) {
        return section.has(key) ? section.path(key) : null;
    }

    private static String content(String key, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new OperatorException("%s: cannot read %s (%s)".formatted(key, file, e.getMessage()), e);
        }
    }
}
