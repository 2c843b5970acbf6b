package dev.evalfleet.runtime.security;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.jspecify.annotations.Nullable;

/// Who this process is to the broker. Mechanisms that need more than a user and a password go through
/// `kafka.properties`.
///
/// @param login null: by certificate, or nobody in particular
/// @param encrypted whether the connection is TLS
public record KafkaSecurity(@Nullable Login login, boolean encrypted, TlsSettings tls) {

    /// A user and a password, and how the password is shown.
    public record Login(Mechanism mechanism, String user, Secret password) {

        // Backslash and quote are the two characters that mean something inside a quoted value of JAAS.
        private String jaas() {
            return "%s required username=\"%s\" password=\"%s\";"
                    .formatted(mechanism.module, escaped(user), escaped(password.value()));
        }

        private static String escaped(String text) {
            return text.replace("\\", "\\\\").replace("\"", "\\\"");
        }
    }

    /// SASL mechanisms with a user and a password.
    public enum Mechanism {
        SCRAM_SHA_512("SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule"),
        SCRAM_SHA_256("SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"),
        PLAIN("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule");

        private final String name;
        private final String module;

        Mechanism(String name, String module) {
            this.name = name;
            this.module = module;
        }

        static Mechanism of(String name) {
            for (Mechanism mechanism : values()) {
                if (mechanism.name.equals(name)) {
                    return mechanism;
                }
            }
            throw new IllegalArgumentException(
                    "kafka.security.mechanism must be SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN, but is \"%s\"; others are set by kafka.properties (security.protocol, sasl.mechanism, sasl.jaas.config)"
                            .formatted(name));
        }
    }

    public KafkaSecurity {
        if (login != null && login.mechanism == Mechanism.PLAIN && !encrypted) {
            throw new IllegalArgumentException(
                    "kafka.security: PLAIN without TLS would send the password as it is; set kafka.security.tls: true, or use SCRAM-SHA-512");
        }
        if (tls.isGiven() && !encrypted) {
            throw new IllegalArgumentException(
                    "kafka.security: certificates are given, but kafka.security.tls is false");
        }
    }

    /// The section `kafka.security`: `mechanism`, `user`, `password`, `tls` and the certificates.
    public static Supplier<KafkaSecurity> reader(Settings security) {
        String mechanism = security.string("mechanism", Mechanism.SCRAM_SHA_512.name);
        String user = security.optional("user");
        Secret password = security.secret("password");
        Supplier<TlsSettings> tls = TlsSettings.reader(security);
        boolean certificates = security.has("ca-file") || security.has("certificate-file");
        boolean encrypted = security.flag("tls", certificates);
        boolean named = security.has("mechanism");
        return () -> new KafkaSecurity(login(mechanism, named, user, password), encrypted, tls.get());
    }

    /// As Kafka's clients want it; empty when nothing was set.
    ///
    /// @throws OperatorException when a certificate cannot be read
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (login == null && !encrypted) {
            return properties;
        }
        String transport = encrypted ? "SSL" : "PLAINTEXT";
        properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, login == null ? transport : "SASL_" + transport);
        if (login != null) {
            properties.put(SaslConfigs.SASL_MECHANISM, login.mechanism.name);
            properties.put(SaslConfigs.SASL_JAAS_CONFIG, login.jaas());
        }
        properties.putAll(tls.kafkaProperties());
        return properties;
    }

    private static @Nullable Login login(
            String mechanism, boolean named, @Nullable String user, @Nullable Secret password) {
        if (user == null && password == null) {
            if (named) {
                throw new IllegalArgumentException(
                        "kafka.security.mechanism needs kafka.security.user and kafka.security.password-file");
            }
            return null;
        }
        if (user == null || password == null) {
            throw new IllegalArgumentException(
                    "kafka.security.user and kafka.security.password (or password-file, password-env) must be given together");
        }
        return new Login(Mechanism.of(mechanism), user, password);
    }
}
