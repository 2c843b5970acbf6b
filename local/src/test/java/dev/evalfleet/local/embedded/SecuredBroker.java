package dev.evalfleet.local.embedded;

import dev.evalfleet.local.security.TestAuthority;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.runtime.rights.Right;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;

/// A broker that lets in who shows a password (SCRAM-SHA-512 or PLAIN, over TLS) or a certificate, and lets nobody do
/// what is not granted. Its unprotected listener is the broker's own, and the tests' way to look behind the scenes.
public final class SecuredBroker implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;
    private final Admin admin;

    /// @param passwords by user
    public SecuredBroker(Path folder, TestAuthority authority, Map<String, String> passwords) {
        broker = EmbeddedBroker.start(
                folder,
                0,
                new EmbeddedBroker.Access(
                        List.of("SASL_SSL", "SSL", "PLAINTEXT"),
                        properties(authority, passwords),
                        passwords.entrySet().stream()
                                .map(user ->
                                        "SCRAM-SHA-512=[name=%s,password=%s]".formatted(user.getKey(), user.getValue()))
                                .toList()));
        registry = EmbeddedRegistry.start(folder);
        admin = all().admin();
    }

    /// For clients with a password.
    public String saslServers() {
        return broker.bootstrapServers("SASL_SSL");
    }

    /// For clients with a certificate.
    public String tlsServers() {
        return broker.bootstrapServers("SSL");
    }

    public String registryUrl() {
        return registry.url();
    }

    /// As somebody who may do everything.
    public KafkaConfig all() {
        return KafkaConfig.of(broker.bootstrapServers("PLAINTEXT"));
    }

    public void grant(String principal, Collection<Right> rights) {
        List<AclBinding> bindings =
                rights.stream().map(right -> right.grantedTo(principal)).toList();
        await(admin.createAcls(bindings).all());
    }

    public void revoke(String principal, Right right) {
        await(admin.deleteAcls(List.of(right.grantedTo(principal).toFilter())).all());
    }

    @Override
    public void close() {
        admin.close();
        registry.close();
        broker.close();
    }

    private static Map<String, String> properties(TestAuthority authority, Map<String, String> passwords) {
        TestAuthority.Identity broker = authority.vouchFor("broker");
        String plainUsers = passwords.entrySet().stream()
                .map(user -> " user_%s=\"%s\"".formatted(user.getKey(), user.getValue()))
                .collect(Collectors.joining());
        Map<String, String> properties = new HashMap<>();
        properties.put("ssl.keystore.type", "PEM");
        properties.put("ssl.keystore.certificate.chain", broker.certificateText());
        properties.put("ssl.keystore.key", broker.keyText());
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.certificates", authority.caText());
        properties.put("listener.name.ssl.ssl.client.auth", "required");
        properties.put("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/");
        properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
        properties.put(
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        properties.put(
                "listener.name.sasl_ssl.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required" + plainUsers + ";");
        properties.put("authorizer.class.name", RecordingAuthorizer.class.getName());
        properties.put("super.users", "User:ANONYMOUS");
        return properties;
    }

    private static void await(org.apache.kafka.common.KafkaFuture<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
