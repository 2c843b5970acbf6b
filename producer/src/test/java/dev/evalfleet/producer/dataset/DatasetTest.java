package dev.evalfleet.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.plan.PlannerUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    @TempDir
    Path work;

    private SpoolStore spools;

    @BeforeEach
    void openSpools() throws IOException {
        spools = new SpoolStore(work.resolve("spool"), DataAccess.local(work.resolve("cache")));
    }

    @AfterEach
    void closeSpools() {
        spools.close();
    }

    private DatasetSource source(String loader, String... files) {
        return new DatasetSource(
                loader, null, Map.of("test", List.of(files)), DataOptions.DEFAULT, work, "t.yaml:3 dataset_path");
    }

    private List<Map<String, Object>> documents(DatasetSource source) throws DatasetException {
        try (SpoolStore.Lease lease = spools.open(source, "test", Long.MAX_VALUE)) {
            var all = new ArrayList<Map<String, Object>>();
            for (int row = 0; row < lease.spool().size(); row++) {
                all.add(lease.spool().at(row));
            }
            return all;
        }
    }

    private static Map<String, Object> map(@Nullable Object... entries) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(String.valueOf(entries[i]), entries[i + 1]);
        }
        return map;
    }

    @Test
    void jsonComesAsLinesAsAnArrayOrInsideAnObject() throws DatasetException {
        PlannerUnderTest.write(
                work, "a.jsonl", "{\"x\": 1, \"y\": [1.0, null, {\"z\": true}]}\n\n{\"x\": 2, \"y\": \"é\"}");
        PlannerUnderTest.write(work, "b.json", "[{\"x\": 1}, {\"x\": 2}]");
        PlannerUnderTest.write(work, "c.json", "{\"meta\": {\"x\": 9}, \"data\": [{\"x\": 1}, {\"x\": 2}]}");
        var inside = new DatasetSource(
                "json", null, Map.of("test", List.of("c.json")), DataOptions.DEFAULT.inField("data"), work, "t.yaml");

        assertThat(documents(source("json", "a.jsonl")))
                .containsExactly(map("x", 1L, "y", Arrays.asList(1.0, null, map("z", true))), map("x", 2L, "y", "é"));
        assertThat(documents(source("json", "b.json"))).containsExactly(map("x", 1L), map("x", 2L));
        assertThat(documents(inside)).containsExactly(map("x", 1L), map("x", 2L));
    }

    @Test
    void csvColumnsHaveTheTypeAllTheirValuesHave() throws DatasetException {
        PlannerUnderTest.write(
                work,
                "a.csv",
                """
                n,f,b,t,gap
                1,0.5,True,"a, ""b""\nc",1
                2,2,False,07x,
                """);
        PlannerUnderTest.write(work, "b.tsv", "q\ta\nx, y\tNA\n");

        assertThat(documents(source("csv", "a.csv")))
                .containsExactly(
                        map("n", 1L, "f", 0.5, "b", true, "t", "a, \"b\"\nc", "gap", 1.0),
                        map("n", 2L, "f", 2.0, "b", false, "t", "07x", "gap", null));
        assertThat(documents(source("csv", "b.tsv"))).containsExactly(map("q", "x, y", "a", null));
    }

    @Test
    void zippedFilesAndSeveralFilesAreRead() throws IOException, DatasetException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(work.resolve("a.jsonl.gz")))) {
            out.write("{\"x\": 1}\n".getBytes(StandardCharsets.UTF_8));
        }
        PlannerUnderTest.write(work, "b-1.jsonl", "{\"x\": 2}\n");
        PlannerUnderTest.write(work, "b-2.jsonl", "{\"x\": 3}\n");

        assertThat(documents(source("json", "a.jsonl.gz", "b-*.jsonl")))
                .containsExactly(map("x", 1L), map("x", 2L), map("x", 3L));
    }

    @Test
    void columnsThatOnlySomeDocumentsHaveAreNullInTheOthers() throws DatasetException {
        PlannerUnderTest.write(work, "a.jsonl", "{\"x\": 1}\n{\"y\": 2, \"x\": 3}\n");

        assertThat(documents(source("json", "a.jsonl")))
                .containsExactly(map("x", 1L, "y", null), map("x", 3L, "y", 2L));
    }

    @Test
    void documentsAreKnownByTheirIdWhereItIsUniqueElseByContent() throws DatasetException {
        PlannerUnderTest.write(work, "own.jsonl", "{\"id\": \"a\"}\n{\"id\": 7}\n");
        PlannerUnderTest.write(
                work,
                "twice.jsonl",
                "{\"id\": \"a\", \"x\": 1}\n{\"id\": \"a\", \"x\": 2}\n{\"id\": \"a\", \"x\": 1}\n");

        assertThat(ids("own.jsonl")).containsExactly("a", "7");
        List<String> hashed = ids("twice.jsonl");
        assertThat(hashed).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{24}(-2)?"));
        assertThat(hashed.get(2)).isEqualTo(hashed.get(0) + "-2");
    }

    private List<String> ids(String file) throws DatasetException {
        try (SpoolStore.Lease lease = spools.open(source("json", file), "test", Long.MAX_VALUE)) {
            return List.copyOf(lease.spool().documentIds());
        }
    }

    @Test
    void theFingerprintFollowsContentAndOrder() throws DatasetException {
        PlannerUnderTest.write(work, "a.jsonl", "{\"x\": 1}\n{\"x\": 2}\n");
        PlannerUnderTest.write(work, "same.jsonl", "{ \"x\":1 }\n\n{\"x\" : 2}");
        PlannerUnderTest.write(work, "other.jsonl", "{\"x\": 2}\n{\"x\": 1}\n");

        assertThat(fingerprint("a.jsonl"))
                .isEqualTo(fingerprint("same.jsonl"))
                .isNotEqualTo(fingerprint("other.jsonl"))
                .hasSize(64);
    }

    private String fingerprint(String file) throws DatasetException {
        try (SpoolStore.Lease lease = spools.open(source("json", file), "test", Long.MAX_VALUE)) {
            return lease.spool().fingerprint();
        }
    }

    @Test
    void aSpoolRemembersWhereEachDocumentWasRead() throws DatasetException {
        PlannerUnderTest.write(work, "a.jsonl", "{\"x\": 1}\n\n\n{\"x\": 2}\n");

        try (SpoolStore.Lease lease = spools.open(source("json", "a.jsonl"), "test", Long.MAX_VALUE)) {
            assertThat(lease.spool().where(1)).isEqualTo(work.resolve("a.jsonl") + ":4");
        }
    }

    @Test
    void aChangedFileIsReadAgain() throws DatasetException {
        PlannerUnderTest.write(work, "a.jsonl", "{\"x\": 1}\n");
        assertThat(documents(source("json", "a.jsonl"))).hasSize(1);

        PlannerUnderTest.write(work, "a.jsonl", "{\"x\": 1}\n{\"x\": 2}\n");

        assertThat(documents(source("json", "a.jsonl"))).hasSize(2);
    }

    @Test
    void whatCannotBeReadIsNamedWithFileAndLine() {
        PlannerUnderTest.write(work, "list.jsonl", "{\"x\": 1}\n[2]\n");
        PlannerUnderTest.write(work, "wide.csv", "a,b\n1,2,3\n");

        assertThatThrownBy(() -> documents(source("json", "list.jsonl")))
                .isInstanceOfSatisfying(DatasetException.class, e -> {
                    assertThat(e.where()).endsWith("list.jsonl:2");
                    assertThat(e.reason()).contains("a document must be a JSON object");
                });
        assertThatThrownBy(() -> documents(source("csv", "wide.csv")))
                .isInstanceOfSatisfying(DatasetException.class, e -> {
                    assertThat(e.where()).endsWith("wide.csv:2");
                    assertThat(e.reason()).isEqualTo("the row has 3 cells, the header has 2 columns");
                });
        assertThatThrownBy(() -> documents(source("json", "nowhere.jsonl")))
                .isInstanceOfSatisfying(DatasetException.class, e -> {
                    assertThat(e.where()).isEqualTo("t.yaml:3 dataset_path");
                    assertThat(e.reason()).startsWith("there is no data file " + work.resolve("nowhere.jsonl"));
                });
        assertThatThrownBy(() -> documents(source("not a dataset", "x")))
                .hasMessageContaining("dataset_path is \"not a dataset\"; it must be json, csv, parquet or text");
        assertThatThrownBy(() -> spools.open(source("json", "list.jsonl"), "train", 1))
                .hasMessageContaining("there are no data_files for the split \"train\"; there are some for test");
    }

    @Test
    void whatACrashLeftInTheSpoolFolderIsRemovedAndWhatIsInUseIsNot() throws IOException {
        PlannerUnderTest.write(work, "spool/spool-crashed/owner.lock", "");
        PlannerUnderTest.write(work, "spool/spool-crashed/documents-0", "{}");

        try (var second = new SpoolStore(work.resolve("spool"), DataAccess.local(work.resolve("cache")));
                var folders = Files.list(work.resolve("spool"))) {
            assertThat(folders.map(folder -> folder.getFileName().toString()))
                    .hasSize(2)
                    .doesNotContain("spool-crashed");
            assertThat(second.files()).isNotNull();
        }
    }
}
