package dev.evalfleet.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.runtime.OperatorException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INT = schema("\"int\"");
    private static final String TEXT = schema("\"string\"");

    @TempDir
    Path dataDir;

    private final HttpClient http = HttpClient.newHttpClient();
    private EmbeddedRegistry registry;

    @BeforeEach
    void start() {
        registry = EmbeddedRegistry.start(dataDir);
    }

    @AfterEach
    void stop() {
        registry.close();
        http.close();
    }

    @Test
    void itAnswersAsConfluentsRegistryDoes() throws Exception {
        assertThat(post("/subjects/s/versions", INT)).isEqualTo("200 {\"id\":1}");
        assertThat(get("/schemas/ids/1")).isEqualTo("200 {\"schema\":\"\\\"int\\\"\"}");
        assertThat(get("/subjects")).isEqualTo("200 [\"s\"]");
        assertThat(get("/subjects/s/versions")).isEqualTo("200 [1]");
        String version = "200 {\"subject\":\"s\",\"version\":1,\"id\":1,\"schema\":\"\\\"int\\\"\"}";
        assertThat(get("/subjects/s/versions/1")).isEqualTo(version);
        assertThat(get("/subjects/s/versions/latest")).isEqualTo(version);
        assertThat(post("/subjects/s", INT)).isEqualTo(version);
        assertThat(get("/schemas/ids/1/versions")).isEqualTo("200 [{\"subject\":\"s\",\"version\":1}]");
        assertThat(get("/schemas/types")).isEqualTo("200 [\"AVRO\"]");
        assertThat(get("/config")).isEqualTo("200 {\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(post("/compatibility/subjects/s/versions/latest", INT))
                .isEqualTo("200 {\"is_compatible\":true,\"messages\":[]}");
    }

    @Test
    void errorsHaveConfluentsCodes() throws Exception {
        post("/subjects/s/versions", INT);

        assertThat(get("/subjects/nobody/versions")).startsWith("404 {\"error_code\":40401");
        assertThat(post("/subjects/nobody", INT)).startsWith("404 {\"error_code\":40401");
        assertThat(get("/subjects/s/versions/2")).startsWith("404 {\"error_code\":40402");
        assertThat(get("/subjects/s/versions/x")).startsWith("422 {\"error_code\":42202");
        assertThat(get("/schemas/ids/9")).startsWith("404 {\"error_code\":40403");
        assertThat(post("/subjects/s", TEXT)).startsWith("404 {\"error_code\":40403");
        assertThat(post("/subjects/s/versions", TEXT)).startsWith("409 {\"error_code\":409");
        assertThat(post("/subjects/s/versions", schema("{\"type\":\"nonsense\"}")))
                .startsWith("422 {\"error_code\":42201");
        assertThat(post("/subjects/s/versions", "not json")).startsWith("400 ");
        assertThat(get("/nothing")).startsWith("404 {\"error_code\":404");
    }

    @Test
    void theContentTypeIsConfluents() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(registry.url() + "/subjects")).build();

        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void subjectsCalledLikeWordsOfTheApiAreSubjects() throws Exception {
        assertThat(post("/subjects/versions/versions", INT)).isEqualTo("200 {\"id\":1}");
        assertThat(get("/subjects/versions/versions/1")).startsWith("200 {\"subject\":\"versions\"");
    }

    @Test
    void theRuleCanBeSetForAllAndForASubject() throws Exception {
        post("/subjects/s/versions", INT);

        assertThat(put("/config/s", "{\"compatibility\":\"NONE\"}")).isEqualTo("200 {\"compatibility\":\"NONE\"}");
        assertThat(post("/subjects/s/versions", TEXT)).isEqualTo("200 {\"id\":2}");
        assertThat(put("/config", "{\"compatibility\":\"FULL\"}")).startsWith("200");
        assertThat(get("/config/other")).isEqualTo("200 {\"compatibilityLevel\":\"FULL\"}");
        assertThat(put("/config", "{\"compatibility\":\"SOMETIMES\"}")).startsWith("422 {\"error_code\":42203");
    }

    @Test
    void idsVersionsAndRulesSurviveARestart() throws Exception {
        post("/subjects/s/versions", INT);
        post("/subjects/t/versions", TEXT);
        post("/subjects/t/versions", INT);
        put("/config/t", "{\"compatibility\":\"NONE\"}");
        post("/subjects/t/versions", INT);

        restart();

        assertThat(get("/schemas/ids/2")).isEqualTo("200 {\"schema\":\"\\\"string\\\"\"}");
        assertThat(get("/subjects/t/versions")).isEqualTo("200 [1,2]");
        assertThat(get("/config/t")).isEqualTo("200 {\"compatibilityLevel\":\"NONE\"}");
        assertThat(post("/subjects/u/versions", INT)).isEqualTo("200 {\"id\":1}");
        assertThat(post("/subjects/u/versions", schema("\"long\""))).isEqualTo("200 {\"id\":3}");
    }

    @Test
    void aLineTornByACrashIsDroppedBecauseItWasNeverAnswered() throws Exception {
        post("/subjects/s/versions", INT);
        registry.close();
        Files.writeString(dataDir.resolve("schemas.jsonl"), "{\"subject\":\"torn\",\"sch", StandardOpenOption.APPEND);

        registry = EmbeddedRegistry.start(dataDir);

        assertThat(get("/subjects")).isEqualTo("200 [\"s\"]");
        assertThat(post("/subjects/t/versions", TEXT)).isEqualTo("200 {\"id\":2}");
        restart();
        assertThat(get("/subjects")).isEqualTo("200 [\"s\",\"t\"]");
    }

    @Test
    void aDamagedFileIsNamedWithItsLine() throws Exception {
        post("/subjects/s/versions", INT);
        registry.close();
        Files.writeString(dataDir.resolve("schemas.jsonl"), "garbage\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> EmbeddedRegistry.start(dataDir))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("schemas.jsonl:2 is damaged");
    }

    @Test
    void aPortInUseIsNamed() {
        int port = URI.create(registry.url()).getPort();

        assertThatThrownBy(() -> EmbeddedRegistry.start(dataDir.resolve("other"), port))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("Port " + port + " on 127.0.0.1, wanted for the schema registry, is in use");
    }

    @Test
    void aSecondRegistryOnTheSameFolderIsRefused() {
        assertThatThrownBy(() -> EmbeddedRegistry.start(dataDir))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining(dataDir + " is in use by another fleet");
    }

    private void restart() {
        registry.close();
        registry = EmbeddedRegistry.start(dataDir);
    }

    private String get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(registry.url() + path)).build());
    }

    private String post(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(registry.url() + path))
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private String put(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(registry.url() + path))
                .PUT(BodyPublishers.ofString(body))
                .build());
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static String schema(String avro) {
        JsonNode body = JSON.createObjectNode().put("schema", avro);
        return body.toString();
    }
}
