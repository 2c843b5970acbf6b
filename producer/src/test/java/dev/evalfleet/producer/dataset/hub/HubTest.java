package dev.evalfleet.producer.dataset.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DataUnderTest;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DatasetSource;
import dev.evalfleet.producer.dataset.HubAccess;
import dev.evalfleet.producer.dataset.ScriptedServer;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dataset.files.DataArguments;
import dev.evalfleet.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
    private static final Path ARC = Path.of("src", "test", "resources", "datasets", "arc-snappy.parquet");
    private static final String FIRST = HubServer.commit('a');
    private static final String SECOND = HubServer.commit('b');

    @TempDir
    Path work;

    private final HubServer server = new HubServer();

    @BeforeEach
    void fillServer() {
        server.revision("allenai/ai2_arc", HubServer.CONVERTED, FIRST)
                .file("allenai/ai2_arc", FIRST, "ARC-Easy/test/0000.parquet", ARC)
                .file("allenai/ai2_arc", FIRST, "ARC-Easy/test/0001.parquet", ARC)
                .file("allenai/ai2_arc", FIRST, "ARC-Easy/partial-train/0000.parquet", ARC)
                .file("allenai/ai2_arc", FIRST, "ARC-Challenge/test/0000.parquet", ARC);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private HubAccess access(boolean offline, @Nullable String token) {
        return new HubAccess(
                URI.create(server.endpoint()), token == null ? null : new Secret(token), work.resolve("hub"), offline);
    }

    private List<Map<String, @Nullable Object>> read(HubAccess access, DatasetSource source, String split)
            throws IOException, DatasetException {
        try (var spools = new SpoolStore(
                work.resolve("spool"), DataUnderTest.access(null, work.resolve("urls"), true, 1 << 20, access))) {
            return DataUnderTest.documents(spools, source, split);
        }
    }

    private List<Map<String, @Nullable Object>> read(DatasetSource source, String split)
            throws IOException, DatasetException {
        return read(access(false, null), source, split);
    }

    private static DatasetSource source(String dataset, @Nullable String config, Map<String, Object> arguments) {
        DataOptions options = DataArguments.read(arguments, (key, problem) -> {
            throw new AssertionError(key + " " + problem);
        });
        return new DatasetSource(dataset, config, Map.of(), options, Path.of("/nowhere"), "t.yaml:3 dataset_path");
    }

    private static DatasetSource source(String dataset, @Nullable String config) {
        return source(dataset, config, Map.of());
    }

    @Test
    void aSplitOfAConfigurationIsReadFromTheConvertedBranch() throws Exception {
        assertThat(read(access(false, "hf_token"), source("allenai/ai2_arc", "ARC-Easy"), "test"))
                .hasSize(6)
                .first()
                .isEqualTo(Map.of(
                        "id", "Mercury_1",
                        "question", "Why does \"ice\" float?",
                        "choices", Map.of("text", List.of("a", "b", "c"), "label", List.of("A", "B", "C")),
                        "answerKey", "A"));
        assertThat(server.hub.asked())
                .extracting(ScriptedServer.Asked::authorization)
                .containsOnly("Bearer hf_token");
        assertThat(server.storage.asked())
                .extracting(ScriptedServer.Asked::authorization)
                .containsOnlyNulls();
    }

    @Test
    void theCacheHasTheLayoutOfTheHubsOwnLibrariesAndServesOffline() throws Exception {
        read(source("allenai/ai2_arc", "ARC-Easy"), "test");
        int asked = server.hub.asked().size();
        Path repository = work.resolve("hub/datasets--allenai--ai2_arc");

        assertThat(repository.resolve("refs/refs/convert/parquet")).hasContent(FIRST);
        assertThat(repository.resolve("snapshots/" + FIRST + "/ARC-Easy/test/0000.parquet"))
                .isSymbolicLink()
                .hasSameBinaryContentAs(ARC);
        assertThat(read(access(true, null), source("allenai/ai2_arc", "ARC-Easy"), "test"))
                .hasSize(6);
        assertThat(server.hub.asked()).hasSize(asked);
        assertThatThrownBy(() -> read(access(true, null), source("allenai/ai2_arc", "ARC-Challenge"), "test"))
                .hasMessageContaining(
                        "the file ARC-Challenge/test/0000.parquet of the dataset allenai/ai2_arc is not in the cache")
                .hasMessageContaining("and the producer is offline");
        assertThatThrownBy(() -> read(access(true, null), source("google/boolq", null), "test"))
                .hasMessageContaining("the dataset google/boolq is not in the cache");
    }

    @Test
    void aCacheThatAnotherLibraryFilledIsReadOffline() throws Exception {
        Path repository = work.resolve("hub/datasets--google--boolq");
        Path data = repository.resolve("snapshots/" + SECOND + "/data");
        Files.createDirectories(data);
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), SECOND);
        Files.copy(ARC, data.resolve("validation-00000-of-00001.parquet"));

        assertThat(read(access(true, null), source("google/boolq", null), "validation"))
                .hasSize(3);
    }

    @Test
    void whatExistsIsNamedWhereWhatIsAskedForDoesNot() {
        assertThatThrownBy(() -> read(source("allenai/ai2_arc", null), "test"))
                .hasMessage("the dataset allenai/ai2_arc has several configurations; choose one in dataset_name:"
                        + " ARC-Challenge, ARC-Easy");
        assertThatThrownBy(() -> read(source("allenai/ai2_arc", "ARC"), "test"))
                .hasMessage("the dataset allenai/ai2_arc has no configuration \"ARC\" (dataset_name); it has"
                        + " ARC-Challenge, ARC-Easy");
        assertThatThrownBy(() -> read(source("allenai/ai2_arc", "ARC-Challenge"), "dev"))
                .hasMessage("the dataset allenai/ai2_arc (ARC-Challenge) has no split \"dev\"; it has test");
        assertThatThrownBy(() -> read(source("allenai/ai2_arc", "ARC-Easy"), "train"))
                .hasMessageContaining("only the first part of the split \"train\"", "revision to main");
        assertThatThrownBy(() -> read(source("no/such", null), "test"))
                .hasMessage("there is no dataset \"no/such\" at " + server.endpoint());
        assertThatThrownBy(() -> read(source("no/such", null, Map.of("revision", "v2")), "test"))
                .hasMessage("the dataset no/such has no revision \"v2\"");
    }

    @Test
    void whatNeedsALoginSaysHowToLogIn() {
        server.hub.refuse("/api/datasets/gated/set/revision/" + HubServer.CONVERTED, 401);
        server.hub.refuse("/api/datasets/closed/set/revision/" + HubServer.CONVERTED, 403);

        assertThatThrownBy(() -> read(source("gated/set", null), "test"))
                .hasMessageContaining("gated, private or not there (401): accept its terms at " + server.endpoint()
                        + "/datasets/gated/set and set producer.hub.token or HF_TOKEN to a token")
                .matches(e -> !((DatasetException) e).isTemporary());
        assertThatThrownBy(() -> read(access(false, "hf_x"), source("closed/set", null), "test"))
                .hasMessageContaining("to another token: the one that is set may not read it");
    }

    @Test
    void aFileWithAnotherHashIsThrownAway() throws Exception {
        read(source("allenai/ai2_arc", "ARC-Challenge"), "test");
        String stored = server.storage.asked().getFirst().path();
        byte[] changed = Files.readAllBytes(ARC);
        changed[100] ^= 1;
        server.storage.serve(stored, changed);

        var elsewhere = new HubAccess(URI.create(server.endpoint()), null, work.resolve("other"), false);
        assertThatThrownBy(() -> read(elsewhere, source("allenai/ai2_arc", "ARC-Challenge"), "test"))
                .hasMessageContaining("allenai/ai2_arc/ARC-Challenge/test/0000.parquet came with the SHA-256")
                .hasMessageContaining("it was thrown away");
        server.storage.serve(stored, Files.readAllBytes(ARC));
        assertThat(read(elsewhere, source("allenai/ai2_arc", "ARC-Challenge"), "test"))
                .hasSize(3);
    }

    @Test
    void withoutAConvertedBranchTheOwnersFilesAreRead() throws Exception {
        server.revision("me/own", "main", SECOND)
                .file("me/own", SECOND, "data/train.jsonl", "{\"x\": 1}\n")
                .file("me/own", SECOND, "data/test.jsonl", "{\"x\": 2}\n")
                .file("me/own", SECOND, ".gitattributes", "*.parquet");
        server.revision("me/card", "main", SECOND)
                .file("me/card", SECOND, "one/a.csv", "q\n1\n")
                .file("me/card", SECOND, "two/b.csv", "q\n2\n")
                .file(
                        "me/card",
                        SECOND,
                        "README.md",
                        """
                        ---
                        license: mit
                        configs:
                        - config_name: one
                          data_files: [{split: test, path: "one/*.csv"}]
                        - config_name: two
                          default: true
                          data_files: [{split: test, path: ["two/*.csv"]}]
                        ---
                        # A card
                        """);

        assertThat(read(source("me/own", null), "test")).containsExactly(Map.of("x", 2L));
        assertThat(read(source("me/card", "one"), "test")).containsExactly(Map.of("q", 1L));
        assertThat(read(source("me/card", null), "test")).containsExactly(Map.of("q", 2L));
    }

    @Test
    void filesOfADatasetCanBeNamed() throws Exception {
        server.revision("me/csv", "main", SECOND)
                .file("me/csv", SECOND, "dev/a_dev.csv", "q1,x,A\n")
                .file("me/csv", SECOND, "test/a_test.csv", "q2,y,B\nq3,z,C\n");
        DataOptions named = DataArguments.read(Map.of("column_names", List.of("q", "a", "answer")), (_, _) -> {});
        var source = new DatasetSource("me/csv", "a", Map.of("test", List.of("test/a_*.csv")), named, null, "t.yaml:3");
        var url = new DatasetSource(
                "csv", null, Map.of("test", List.of("hf://datasets/me/csv/dev/a_dev.csv")), named, null, "t.yaml:3");

        assertThat(read(source, "test"))
                .containsExactly(
                        Map.of("q", "q2", "a", "y", "answer", "B"), Map.of("q", "q3", "a", "z", "answer", "C"));
        assertThat(read(url, "test")).containsExactly(Map.of("q", "q1", "a", "x", "answer", "A"));
    }

    @Test
    void aPinnedRevisionGivesTheSameFilesWhenTheDatasetChanged() throws Exception {
        try (var spools = new SpoolStore(
                work.resolve("spool"),
                DataUnderTest.access(null, work.resolve("urls"), true, 1 << 20, access(false, null)))) {
            Map<String, Object> pinned =
                    spools.files().pinned(source("allenai/ai2_arc", "ARC-Easy")).arguments();
            assertThat(pinned).containsEntry("revision", "refs/convert/parquet:" + FIRST);
            server.revision("allenai/ai2_arc", HubServer.CONVERTED, SECOND)
                    .file("allenai/ai2_arc", SECOND, "ARC-Easy/test/0000.parquet", ARC);

            assertThat(read(source("allenai/ai2_arc", "ARC-Easy"), "test")).hasSize(3);
            assertThat(read(source("allenai/ai2_arc", "ARC-Easy", pinned), "test"))
                    .hasSize(6);
        }
    }

    @Test
    void aMirrorThatOnlyListsConvertedFilesServesThem() throws Exception {
        server.storage.serve("/1.parquet", Files.readAllBytes(ARC));
        server.hub.serve(
                "/api/datasets/me/listed/parquet",
                ("{\"default\": {\"test\": [\"" + server.storage.url("/1.parquet") + "\"]}}").getBytes(UTF_8));

        assertThat(read(access(false, "hf_token"), source("me/listed", null), "test"))
                .hasSize(3);
        assertThat(server.storage.asked())
                .extracting(ScriptedServer.Asked::authorization)
                .containsOnlyNulls();
    }

    @Test
    void aMirrorWithoutCommitsServesItsTree() throws Exception {
        server.file("me/tree", "refs%2Fconvert%2Fparquet", "default/test/0000.parquet", ARC);

        assertThat(read(source("me/tree", null), "test")).hasSize(3);
    }

    @Test
    void twoAtATimeFetchAFileOnce() throws Exception {
        try (var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var both = executor.invokeAll(List.of(
                    () -> read(source("allenai/ai2_arc", "ARC-Challenge"), "test")
                            .size(),
                    () -> read(source("allenai/ai2_arc", "ARC-Challenge"), "test")
                            .size()));
            for (var one : both) {
                assertThat(one.get()).isEqualTo(3);
            }
        }
        assertThat(server.storage.asked()).hasSize(1);
    }
}
