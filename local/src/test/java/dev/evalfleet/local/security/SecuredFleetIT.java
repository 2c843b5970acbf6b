package dev.evalfleet.local.security;

import static dev.evalfleet.local.security.SecuredPlace.AGGREGATOR;
import static dev.evalfleet.local.security.SecuredPlace.DASHBOARD;
import static dev.evalfleet.local.security.SecuredPlace.MODEL;
import static dev.evalfleet.local.security.SecuredPlace.PRODUCER;
import static dev.evalfleet.local.security.SecuredPlace.TOPICS;
import static dev.evalfleet.local.security.SecuredPlace.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.embedded.RecordingAuthorizer;
import dev.evalfleet.runtime.ManagementServer;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.FleetProcess;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.runtime.rights.Right;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.runtime.rights.RightsCheck;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Every process over TLS, with a password of its own and only the rights its code names.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecuredFleetIT {

    /// What a run that goes well has no occasion for.
    private static final Set<String> RARE = Set.of(
            "producer WRITE on topic secured.control", // a limit was reached
            "producer WRITE on topic secured.alerts", // a pool has stalled
            "producer READ on topic secured.baseline-scores", // a request names a baseline
            "producer READ on topic secured.results", // a run is asked to be retried
            "producer WRITE on topic secured.results", // likewise
            "aggregator WRITE on topic secured.control", // a verdict stops a run early
            "aggregator WRITE on topic secured.alerts"); // something went wrong

    private SecuredPlace place;
    private Mole mole;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    @BeforeAll
    void lockTheDoors(@TempDir Path folder) throws Exception {
        place = new SecuredPlace(folder);
        place.settings("producer"); // makes up all secrets
        mole = new Mole(place.allSecrets());
        SecuredPlace.rights().forEach(rights -> place.broker.grant(principal(rights), rights.all()));
    }

    @AfterAll
    void open() throws Exception {
        stopAll();
        mole.close();
        place.close();
    }

    @Test
    @Order(1)
    void theWholeFleetWorksWithEachProcessHavingOnlyItsRights() throws Exception {
        start("producer", PRODUCER);
        start("aggregator", AGGREGATOR);
        start("worker", WORKER);
        DashboardService dashboard = (DashboardService) dashboard();
        letterBombs();
        try (FleetClient submitter = FleetClient.of(Fleet.connect(place.settings("submitter")));
                FleetClient viewer = FleetClient.of(Fleet.connect(place.settings("viewer")))) {
            submitter.submit(request());
            FleetClient.Following following = viewer.follow("secured"::equals);
            FleetPicture picture = following.picture();
            assertThat(picture.await(() -> picture.isFinished("secured"), Duration.ofMinutes(1)))
                    .isTrue();
            RunState run = picture.runsOf("secured").getFirst();
            assertThat(run.getStatus()).isEqualTo(RunStatus.COMPLETED);
            List<SampleResult> results = new ArrayList<>();
            viewer.results().read(List.of(run), results::add);
            assertThat(results).hasSize(20);
            submitter.control("baseline/kept", ControlAction.SET_BASELINE, run.getId(), "a test");
            lookAt(dashboard, run.getId());
            awaitEveryRightUsed();
            following.close();
        }
        stopAll();
    }

    @Test
    @Order(2)
    void noProcessTriedWhatItMayNot() {
        for (Rights rights : SecuredPlace.rights()) {
            assertThat(RecordingAuthorizer.refusedTo(principal(rights))).isEmpty();
        }
    }

    @Test
    @Order(3)
    void oneRightLessIsNamedWhicheverItIs() {
        List<Thread> roles = new ArrayList<>();
        for (Rights rights : SecuredPlace.rights()) {
            KafkaConfig kafka = KafkaConfig.from(place.settings(rights.role()));
            roles.add(Thread.ofVirtual().unstarted(() -> takeOneByOne(rights, kafka)));
        }
        List<Throwable> problems = java.util.Collections.synchronizedList(new ArrayList<>());
        roles.forEach(role -> role.setUncaughtExceptionHandler((_, problem) -> problems.add(problem)));
        roles.forEach(Thread::start);
        roles.forEach(SecuredFleetIT::join);
        assertThat(problems).isEmpty();
    }

    @Test
    @Order(4)
    void aProcessWithOneRightLessFailsAndNamesIt() throws Exception {
        failsWithout("producer", PRODUCER, "READ on group secured.planner");
        failsWithout("worker", WORKER, "READ on topic secured.samples.m");
        failsWithout("aggregator", AGGREGATOR, "WRITE on transactional ids beginning with secured.aggregator-");
        failsWithout("dashboard", DASHBOARD, "READ on topic secured.alerts");
    }

    @Test
    @Order(5)
    void aRightTakenWhileItRunsEndsTheProcessWithItsName() throws Exception {
        Right reading = right("worker", "READ on topic secured.samples.m");
        Service worker = start("worker", WORKER);
        await().atMost(Duration.ofSeconds(30)).until(worker::ready);

        place.broker.revoke("User:worker", reading);

        assertThatThrownBy(() -> worker.ended().get(30, java.util.concurrent.TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(OperatorException.class)
                .hasMessageContaining("READ on topic secured.samples.m");
        place.broker.grant("User:worker", List.of(reading));
        stopAll();
    }

    @Test
    @Order(6)
    void whoShowsTheWrongPasswordIsTurnedAwayWithASentence() {
        Map<String, Object> settings = new java.util.HashMap<>(place.connection("worker"));
        settings.put(
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        place.broker.saslServers(),
                        "security",
                        Map.of(
                                "user", "worker",
                                "password", place.secret("stranger"),
                                "ca-file", place.authority.ca().toString())));
        assertThatThrownBy(() -> Fleet.connect(Settings.of(settings)))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("refuses this process")
                .satisfies(problem -> mole.hear(String.valueOf(problem.getMessage())));
    }

    @Test
    @Order(7)
    void passwordsInPlainAndCertificatesOpenTheDoorToo() throws Exception {
        Map<String, String> ca = Map.of("ca-file", place.authority.ca().toString());
        Map<String, String> plain =
                Map.of("mechanism", "PLAIN", "user", "plain", "password-file", place.secretFile("plain"));
        Map<String, String> certificate = Map.of(
                "certificate-file", place.certificate.certificate().toString(),
                "key-file", place.certificate.key().toString());
        assertThat(topicsSeenBy("User:plain", place.broker.saslServers(), merged(ca, plain)))
                .contains("secured.runs");
        assertThat(topicsSeenBy("User:certified", place.broker.tlsServers(), merged(ca, certificate)))
                .contains("secured.runs");
    }

    /// Last: what was said and written up to here.
    @Test
    @Order(100)
    void noSecretIsInAnythingTheyLeftBehind() throws Exception {
        int records = mole.readTopics(place.broker.all());
        mole.readCommandLines();

        assertThat(records).isGreaterThan(100);
        assertThat(mole.heard()).isGreaterThan(300);
        assertThat(mole.hasHeard("sasl.jaas.config = [hidden]")).isTrue();
        assertThat(mole.hasHeard("Incorrect API key provided: Bearer ***")).isTrue();
        mole.foundNothing();
    }

    private static EvalRequest request() {
        return EvalRequest.newBuilder()
                .setRequestId("secured")
                .setTasks(List.of("skills_add"))
                .setModels(List.of(MODEL))
                .setLimit(20.0)
                .setSubmittedAt(Instant.now())
                .build();
    }

    // Records nobody can read, so that everybody writes dead letters.
    private void letterBombs() throws Exception {
        byte[] garbage = "no Avro".getBytes(StandardCharsets.UTF_8);
        try (Producer<String, byte[]> producer = place.broker.all().producer(Map.of())) {
            for (String topic : List.of(
                    TOPICS.requests().name(),
                    TOPICS.samples(MODEL).name(),
                    TOPICS.results().name())) {
                producer.send(new ProducerRecord<>(topic, "bomb", garbage)).get();
            }
        }
    }

    private void awaitEveryRightUsed() {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            List<String> unused = new ArrayList<>();
            for (Rights rights : SecuredPlace.rights()) {
                var done = RecordingAuthorizer.doneBy(principal(rights));
                rights.all().stream()
                        .filter(right -> done.stream().noneMatch(deed -> deed.uses(right)))
                        .map(right -> rights.role() + " " + right)
                        .filter(right -> !RARE.contains(right) && !isOfPeople(right))
                        .forEach(unused::add);
            }
            assertThat(unused).as("rights that are granted and not used").isEmpty();
        });
    }

    // People use one command at a time, and not all of them here.
    private static boolean isOfPeople(String right) {
        return right.startsWith("submitter") || right.startsWith("viewer");
    }

    private void lookAt(DashboardService dashboard, String runId) throws Exception {
        String id = "id=" + URLEncoder.encode(runId, StandardCharsets.UTF_8);
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : List.of("/", "/api/runs", "/api/run?" + id, "/api/samples?" + id)) {
                var page = http.send(
                        HttpRequest.newBuilder(URI.create(dashboard.url() + path))
                                .header("Authorization", "Bearer " + place.secret("dashboard"))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(page.statusCode()).as(path).isEqualTo(200);
                mole.hear(page.body() + page.headers());
            }
        }
    }

    private void takeOneByOne(Rights rights, KafkaConfig kafka) {
        try (Admin admin = kafka.admin()) {
            RightsCheck check = new RightsCheck(admin);
            for (Right right : rights.all()) {
                place.broker.revoke(principal(rights), right);
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(20))
                        .untilAsserted(() -> assertThat(check.missing(rights)).containsExactly(right));
                place.broker.grant(principal(rights), List.of(right));
            }
        }
    }

    private <S> void failsWithout(String role, Kind<S> kind, String name) throws Exception {
        Right right = right(role, name);
        place.broker.revoke("User:" + role, right);
        assertThatThrownBy(() -> start(role, kind))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("lets this " + role + " do too little; missing: " + name)
                .satisfies(problem -> mole.hear(String.valueOf(problem.getMessage())));
        stopAll();
        place.broker.grant("User:" + role, List.of(right));
    }

    private static Right right(String role, String name) {
        return SecuredPlace.rights().stream()
                .filter(rights -> rights.role().equals(role))
                .flatMap(rights -> rights.all().stream())
                .filter(right -> right.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private <S> Service start(String role, Kind<S> kind) throws Exception {
        Settings settings = place.settings(role);
        S own = kind.read().apply(settings);
        Fleet fleet = kept(Fleet.connect(settings));
        Service service = kept(FleetProcess.guarded(fleet, kind, own));
        service.start();
        ManagementServer management = kept(new ManagementServer("127.0.0.1", 0, fleet.meters(), List.of(service)));
        management.start();
        running.push(() -> hearMetrics(management));
        return service;
    }

    private Service dashboard() throws Exception {
        List<Service> made = new ArrayList<>();
        Kind<dev.evalfleet.aggregator.dashboard.DashboardSettings> kind = new Kind<>(
                DASHBOARD.read(),
                (fleet, own) -> {
                    Service service = DASHBOARD.wire().apply(fleet, own);
                    made.add(service);
                    return service;
                },
                DASHBOARD.rights());
        start("dashboard", kind);
        return made.getFirst();
    }

    private void hearMetrics(ManagementServer management) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : List.of("/metrics", "/ready")) {
                URI uri = URI.create("http://127.0.0.1:" + management.port() + path);
                mole.hear(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                        .body());
            }
        }
    }

    private Set<String> topicsSeenBy(String principal, String servers, Map<String, String> security) throws Exception {
        place.broker.grant(principal, DashboardService.rights(TOPICS).all());
        Settings settings = Settings.of(Map.of("kafka", Map.of("bootstrap-servers", servers, "security", security)));
        try (Admin admin = KafkaConfig.from(settings).admin()) {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(admin.listTopics().names().get()).isNotEmpty());
            return admin.listTopics().names().get();
        }
    }

    private static Map<String, String> merged(Map<String, String> one, Map<String, String> other) {
        Map<String, String> all = new java.util.HashMap<>(one);
        all.putAll(other);
        return all;
    }

    private <T extends AutoCloseable> T kept(T part) {
        running.push(part);
        return part;
    }

    private void stopAll() throws Exception {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    private static String principal(Rights rights) {
        return "User:" + rights.role();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
