package dev.evalfleet.local.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Gates as in a build: requests are submitted by the command, and its exit code says whether they passed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GatedFleetIT {
    private static final String PRODUCTION = "reference/skills_add/good";

    private Path folder;
    private LocalFleet fleet;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        folder = given;
        errors();
        fleet = startFleet("evalfleet.aggregator");
        assertThat(submit("reference", "good", "").exitCode()).isZero();
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @Test
    @Order(1)
    void aWorseCandidateFailsIsStoppedAndRaisesAnAlert() throws IOException {
        CommandRun worse =
                submit("worse", "good,bad", "--baseline good --max-regression exact_match=0.1 --stop-early on-verdict");

        assertThat(worse.exitCode()).as(worse.err()).isEqualTo(3);
        assertThat(worse.err()).contains("ALERT regression: skills_add on bad: exact_match is worse than with good");
        JsonNode run = run(worse, "bad");
        assertThat(run.get("status").asText()).isEqualTo("stopped_early");
        assertThat(run.at("/verdict/outcome").asText()).isEqualTo("fail");
        assertThat(run.at("/verdict/n").asInt()).isLessThan(300);
        assertThat(run.get("saved").asInt()).isPositive();
        CommandRun gate = command("gate", "worse");
        assertThat(gate.exitCode()).as(gate.err()).isEqualTo(3);
        assertThat(gate.out()).contains("worse/skills_add/bad: FAIL  exact_match on this dataset");
    }

    @Test
    @Order(1)
    void anEqualCandidatePassesEarly() throws IOException {
        CommandRun equal = submit(
                "equal", "good,twin", "--baseline good --max-regression exact_match=0.1 --stop-early on-verdict");

        assertThat(equal.exitCode()).as(equal.err()).isZero();
        assertThat(run(equal, "twin").get("status").asText()).isEqualTo("stopped_early");
        assertThat(command("gate", "equal").exitCode()).isZero();
        CommandRun compare = command("compare", "equal/skills_add/good", "equal/skills_add/twin", "--json");
        assertThat(new ObjectMapper()
                        .readTree(compare.out())
                        .at("/metrics/0/mcnemarP")
                        .isNull())
                .as("an ordinary test does not survive an early stop")
                .isTrue();
    }

    @Test
    @Order(1)
    void anAbsoluteGateNeedsNoBaseline() {
        assertThat(submit("high", "bad", "--min exact_match=0.8").exitCode()).isEqualTo(3);
        assertThat(submit("low", "bad", "--min exact_match=0.2").exitCode()).isZero();
    }

    @Test
    @Order(1)
    void whereLessIsBetterARiseFails() {
        String gates = "--max-regression exact_match=0.1 --tasks-dir " + folder.resolve("tasks");

        CommandRun rises = request("rises", "errors", "bad,good", "--baseline bad " + gates);
        CommandRun falls = request("falls", "errors", "bad,good", "--baseline good " + gates);

        assertThat(rises.exitCode()).as(rises.err()).isEqualTo(3);
        assertThat(rises.err()).contains("exact_match rises by more than 0.1 against bad");
        assertThat(falls.exitCode()).as(falls.err()).isZero();
    }

    @Test
    @Order(1)
    void twoPromptsOnOneModelAreComparedDocumentByDocument() throws IOException {
        Path file = Files.writeString(
                folder.resolve("prompts.yaml"),
                """
                requestId: prompts
                tasks: [skills_subtract]
                models: [tiny]
                variants:
                  - {name: plain}
                  - {name: same, description: ""}
                  - {name: backwards, docToText: "{{prompt[:-1] | reverse}}="}
                gates: {maxRegression: {exact_match: 0.1}, stopEarly: on-verdict}
                """);

        CommandRun prompts = command("submit", "--file", file.toString(), "--gate", "--json");

        assertThat(prompts.exitCode()).as(prompts.err()).isEqualTo(3);
        ObjectNode variants = JsonNodeFactory.instance.objectNode();
        json(prompts).get("runs").forEach(run -> variants.set(run.get("variant").asText(), run));
        assertThat(variants.path("plain").get("role").asText()).isEqualTo("baseline");
        assertThat(variants.path("same").at("/verdict/outcome").asText()).isEqualTo("pass");
        assertThat(variants.path("same").at("/metrics/0/paired/difference").asDouble())
                .as("the same prompts get the same answers, document by document")
                .isZero();
        assertThat(variants.path("backwards").at("/verdict/outcome").asText()).isEqualTo("fail");
        assertThat(variants.path("backwards")
                        .at("/metrics/0/paired/baselineRunId")
                        .asText())
                .isEqualTo("prompts/skills_subtract/tiny/plain");
        assertThat(json(prompts).at("/verdict/outcome").asText())
                .as("the worst")
                .isEqualTo("fail");
    }

    @Test
    @Order(1)
    void anEarlierRunIsABaselineByItsId() {
        String gate = "--max-regression exact_match=0.1 --baseline " + PRODUCTION;

        assertThat(submit("later-twin", "twin", gate).exitCode()).isZero();
        assertThat(submit("later-bad", "bad", gate).exitCode()).isEqualTo(3);
    }

    @Test
    @Order(2)
    void aBaselineIsSetListedAndLookedUpByADryRun() {
        assertThat(command(
                                "submit",
                                "--tasks",
                                "skills_add",
                                "--models",
                                "twin",
                                "--baseline",
                                "production",
                                "--dry-run")
                        .err())
                .contains("request baseline: there is no baseline \"production\"; none is set");

        CommandRun set = command("baseline", "set", "production", PRODUCTION);

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.err()).contains("Baseline production: 300 scores of " + PRODUCTION + " are kept.");
        assertThat(command("baseline", "list").out()).contains("production", PRODUCTION, "300");
        CommandRun dry =
                command("submit", "--tasks", "skills_add", "--models", "twin", "--baseline", "production", "--dry-run");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out()).containsPattern("skills_add on twin: 300 pairs can establish a drop of 0\\.\\d+ at best");
        assertThat(command(
                                "submit",
                                "--tasks",
                                "skills_max",
                                "--models",
                                "twin",
                                "--baseline",
                                "production",
                                "--dry-run")
                        .err())
                .contains("the baseline \"production\" (run " + PRODUCTION + ") has another dataset than the task");
    }

    @Test
    @Order(3)
    void aNamedBaselineOutlivesEverythingElseThatIsKnownOfItsRun() throws Exception {
        fleet.close();
        fleet = startFleet("a-new-aggregator");
        forgetAllBut(fleet.fleet().topics().baselineScores());
        fleet.close();
        fleet = startFleet("another-aggregator");
        assertThat(command("runs").out()).doesNotContain("reference");

        String gate = "--max-regression exact_match=0.1 --baseline production";
        CommandRun twin = submit("frozen-twin", "twin", gate);
        CommandRun bad = submit("frozen-bad", "bad", gate);

        assertThat(twin.exitCode()).as(twin.err()).isZero();
        assertThat(json(twin).at("/runs/0/metrics/0/paired/pairs").asInt()).isEqualTo(300);
        assertThat(json(twin).at("/runs/0/verdict/outcome").asText()).isEqualTo("pass");
        assertThat(bad.exitCode()).as(bad.err()).isEqualTo(3);
        assertThat(bad.err()).contains("exact_match falls by more than 0.1 against production");
    }

    @Test
    @Order(4)
    void aReleasedBaselineIsGone() {
        assertThat(command("baseline", "release", "production").exitCode()).isZero();

        assertThat(command("baseline", "list").err()).contains("No baseline is set");
        assertThat(submit("too-late", "twin", "--baseline production --max-regression exact_match=0.1")
                        .err())
                .contains("request baseline: there is no baseline \"production\"");
    }

    private CommandRun submit(String id, String models, String flags) {
        return request(id, "skills_add", models, flags);
    }

    /// With `--gate` where there is something to gate.
    private CommandRun request(String id, String task, String models, String flags) {
        Stream<String> given = Stream.of(flags.split(" ")).filter(flag -> !flag.isEmpty());
        Stream<String> always = Stream.of(
                "submit",
                "--request-id",
                id,
                "--tasks",
                task,
                "--models",
                models,
                "--json",
                flags.isEmpty() ? "--wait" : "--gate");
        return command(Stream.concat(always, given).toArray(String[]::new));
    }

    private CommandRun command(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 4);
        all[arguments.length] = "--bootstrap";
        all[arguments.length + 1] = fleet.file().bootstrap();
        all[arguments.length + 2] = "--registry";
        all[arguments.length + 3] = fleet.file().registry();
        return CommandRun.of(all);
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    private static JsonNode run(CommandRun request, String model) throws IOException {
        for (JsonNode run : json(request).get("runs")) {
            if (run.get("model").asText().equals(model)) {
                return run;
            }
        }
        throw new AssertionError("no run of " + model);
    }

    private LocalFleet startFleet(String aggregator) throws Exception {
        List<ModelSpec> models = List.of(
                ModelSpec.parse("good=scripted,accuracy=0.9,latency=20ms"),
                ModelSpec.parse("twin=scripted,accuracy=0.9,latency=20ms"),
                ModelSpec.parse("bad=scripted,accuracy=0.4,latency=20ms,seed=1"),
                ModelSpec.parse("tiny=djl:" + Home.find().model("tinygpt-v1")));
        Place place = new Place(
                folder.resolve("data"), List.of(Home.find().tasks(), folder.resolve("tasks")), new Ports(0, 0, 0));
        LocalFleetSettings settings = LocalFleetSettings.of(place, models, 1, Feed.of(4, 16));
        return LocalFleet.start(new LocalFleetSettings(
                settings.dataDir(),
                settings.ports(),
                variables -> {
                    Map<String, String> more = new HashMap<>(variables);
                    more.put("EVALFLEET_AGGREGATOR_APPLICATION_ID", aggregator);
                    return settings.sections().apply(more);
                },
                settings.workers()));
    }

    /// What retention does in the end, at once.
    private void forgetAllBut(Topic<?> kept) throws Exception {
        Topics topics = fleet.fleet().topics();
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (Topic<?> topic : topics.all()) {
            if (!topic.name().equals(kept.name())) {
                IntStream.range(0, topic.partitions())
                        .forEach(partition ->
                                all.put(new TopicPartition(topic.name(), partition), RecordsToDelete.beforeOffset(-1)));
            }
        }
        try (Admin admin = fleet.fleet().kafka().admin()) {
            admin.deleteRecords(all).all().get();
        }
    }

    /// A task that counts mistakes: less is better.
    private void errors() throws IOException {
        Path tasks = Files.createDirectories(folder.resolve("tasks"));
        StringBuilder data = new StringBuilder();
        IntStream.range(0, 200).forEach(i -> data.append("{\"q\": \"%d\", \"a\": \"%d\"}%n".formatted(i, i + 1)));
        Files.writeString(tasks.resolve("errors.jsonl"), data);
        Files.writeString(
                tasks.resolve("errors.yaml"),
                """
                task: errors
                dataset_path: json
                dataset_kwargs: {data_files: {test: errors.jsonl}}
                test_split: test
                output_type: generate_until
                doc_to_text: "{{q}}="
                doc_to_target: "{{a}}"
                metric_list: [{metric: exact_match, higher_is_better: false}]
                """);
    }
}
