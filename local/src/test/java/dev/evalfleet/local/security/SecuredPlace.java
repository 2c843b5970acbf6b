package dev.evalfleet.local.security;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.embedded.SecuredBroker;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.runtime.security.TlsSettings;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// A broker, a registry and a model server that let nobody in without a secret, the secrets, and what each process is
/// told so that it gets in.
final class SecuredPlace implements AutoCloseable {
    static final String MODEL = "m";
    static final Topics TOPICS = new Topics("secured.", 2);
    static final List<String> ROLES =
            List.of("producer", "worker", "aggregator", "dashboard", "submitter", "viewer", "plain", "stranger");

    static final Kind<ProducerSettings> PRODUCER =
            new Kind<>(ProducerSettings::from, ProducerService::new, ProducerService::rights);
    static final Kind<WorkerSettings> WORKER = new Kind<>(
            WorkerSettings::from,
            WorkerService::new,
            (topics, settings) -> WorkerService.rights(topics, settings.pool()));
    static final Kind<AggregatorSettings> AGGREGATOR =
            new Kind<>(AggregatorSettings::from, AggregatorService::new, AggregatorService::rights);
    static final Kind<DashboardSettings> DASHBOARD =
            new Kind<>(DashboardSettings::from, DashboardService::new, (topics, _) -> DashboardService.rights(topics));

    private final Path folder;
    private final Map<String, String> secrets = new TreeMap<>();
    final TestAuthority authority;
    final TestAuthority.Identity certificate;
    final SecuredBroker broker;
    final SecuredRegistry registry;
    final KeyedServer model;

    SecuredPlace(Path folder) throws IOException {
        this.folder = folder;
        authority = TestAuthority.in(folder, "ours");
        certificate = authority.vouchFor("certified");
        Map<String, String> passwords = new HashMap<>();
        ROLES.forEach(role -> passwords.put(role, secret(role)));
        broker = new SecuredBroker(folder.resolve("broker"), authority, passwords);
        TestAuthority.Identity door = authority.vouchFor("registry");
        registry = new SecuredRegistry(
                broker.registryUrl(),
                Objects.requireNonNull(new TlsSettings(authority.ca(), door.certificate(), door.key(), null).context()),
                Set.of(basic(), "Bearer " + secret("registry-token")));
        model = new KeyedServer(MODEL, secret("api-key"));
    }

    /// What each role needs, for the pool of this place.
    static List<Rights> rights() {
        List<String> pools = List.of(MODEL);
        return List.of(
                ProducerService.rights(TOPICS, pools),
                WorkerService.rights(TOPICS, MODEL),
                AggregatorService.rights(TOPICS, TOPICS.prefix() + "aggregator", true),
                DashboardService.rights(TOPICS),
                FleetClient.submitterRights(TOPICS, pools),
                FleetClient.viewerRights(TOPICS, pools));
    }

    /// Made up at the first question, the same afterwards.
    String secret(String what) {
        return secrets.computeIfAbsent(what, _ -> "planted-" + what + "-" + UUID.randomUUID());
    }

    /// A file that holds nothing but the secret.
    String secretFile(String what) {
        try {
            return Files.writeString(folder.resolve(what + ".secret"), secret(what) + "\n")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All of them, in every form in which they travel.
    List<String> allSecrets() {
        List<String> all = new ArrayList<>(secrets.values());
        all.add(basic().substring("Basic ".length()));
        all.add(certificate.keyText().lines().skip(1).findFirst().orElseThrow());
        return all;
    }

    private String basic() {
        String pair = "fleet:" + secret("registry");
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /// Sections `kafka`, `registry` and `topics` of a role, and its own.
    Settings settings(String role) {
        Map<String, Object> sections = new HashMap<>(connection(role));
        sections.put(
                "producer",
                Map.of(
                        "name", "p1",
                        "task-dirs", List.of(Home.find().tasks().toString()),
                        "spool-dir", folder.resolve("spool").toString(),
                        "dispatch", Map.of("trim-interval", "100ms"),
                        "pools", List.of(Map.of("name", MODEL, "models", List.of(MODEL), "max-replicas", 1))));
        sections.put(
                "worker",
                Map.of(
                        "pool",
                        MODEL,
                        "models",
                        List.of(Map.of(
                                "name",
                                MODEL,
                                "backend",
                                "openai",
                                "base-url",
                                model.url() + "/v1",
                                "api-key-file",
                                secretFile("api-key")))));
        sections.put(
                "aggregator",
                Map.of(
                        "state-dir",
                        folder.resolve("state").toString(),
                        "stores",
                        "memory",
                        "tick",
                        "50ms",
                        "webhooks",
                        List.of(Map.of(
                                "url",
                                model.url() + "/hooks/" + secret("webhook-path"),
                                "secret-file",
                                secretFile("webhook")))));
        sections.put("dashboard", Map.of("port", 0, "token-file", secretFile("dashboard")));
        return Settings.of(sections);
    }

    Map<String, Object> connection(String role) {
        return Map.of(
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        broker.saslServers(),
                        "properties", // what Streams does every half minute, so that it happens in a short run too
                        role.equals("aggregator") ? Map.of("repartition.purge.interval.ms", "500") : Map.of(),
                        "security",
                        Map.of(
                                "user", role,
                                "password-file", secretFile(role),
                                "ca-file", authority.ca().toString())),
                "registry",
                Map.of(
                        "urls", registry.url(),
                        "user", "fleet",
                        "password-file", secretFile("registry"),
                        "ca-file", authority.ca().toString()),
                "topics",
                Map.of("prefix", TOPICS.prefix(), "sample-partitions", 2, "replication", 1));
    }

    @Override
    public void close() {
        model.close();
        registry.close();
        broker.close();
    }
}
