package dev.evalfleet.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadsTest {
    @TempDir
    Path cache;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private String base;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        answer("/data.jsonl", 200, "{\"x\": 1}\n");
        answer("/gone", 404, "");
        answer("/busy", 503, "");
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", base + "/data.jsonl");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private Downloads downloads(boolean allowPrivate, long limit) {
        return new Downloads(new DataAccess(null, List.of(), cache, allowPrivate, limit, Duration.ofSeconds(5)));
    }

    @Test
    void aFileIsFetchedOnceAndThenTakenFromTheCache() throws Exception {
        Downloads downloads = downloads(true, 1000);

        Path first = downloads.fetch(base + "/data.jsonl", "t.yaml:3");
        Path second = downloads.fetch(base + "/data.jsonl", "t.yaml:3");

        assertThat(Files.readString(first)).isEqualTo("{\"x\": 1}\n");
        assertThat(second).isEqualTo(first);
        assertThat(requests).hasValue(1);
    }

    @Test
    void redirectsAreFollowed() throws Exception {
        assertThat(Files.readString(downloads(true, 1000).fetch(base + "/moved", "t.yaml:3")))
                .isEqualTo("{\"x\": 1}\n");
    }

    @Test
    void addressesInsideTheNetworkAreRefusedUnlessAllowed() {
        assertThatThrownBy(() -> downloads(false, 1000).fetch(base + "/data.jsonl", "t.yaml:3"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("leads to 127.0.0.1, an address inside the network", "allow-private-addresses");
        assertThat(requests).hasValue(0);
    }

    @Test
    void everyKindOfInsideAddressIsKnown() throws UnknownHostException {
        for (String address : List.of(
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "0.0.0.0",
                "100.64.0.1",
                "::1",
                "fe80::1",
                "fd00::1",
                "::ffff:10.0.0.1")) {
            assertThat(Downloads.isPrivate(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
        for (String address : List.of("8.8.8.8", "172.32.0.1", "2001:4860:4860::8888")) {
            assertThat(Downloads.isPrivate(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
        }
    }

    @Test
    void theSizeIsCappedWhileItStreams() throws IOException {
        assertThatThrownBy(() -> downloads(true, 3).fetch(base + "/data.jsonl", "t.yaml:3"))
                .hasMessageContaining("is larger than producer.download-limit (3 bytes)");
        try (var files = Files.list(cache)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void whatIsGoneIsLastingAndWhatIsBusyIsNot() {
        assertThatThrownBy(() -> downloads(true, 1000).fetch(base + "/gone", "t.yaml:3"))
                .hasMessageContaining("answered 404")
                .matches(e -> !((DatasetException) e).isTemporary());
        assertThatThrownBy(() -> downloads(true, 1000).fetch(base + "/busy", "t.yaml:3"))
                .hasMessageContaining("answered 503")
                .matches(e -> ((DatasetException) e).isTemporary());
    }

    @Test
    void onlyHttpIsSpoken() {
        assertThatThrownBy(() -> downloads(true, 1000).fetch("ftp://example.org/x", "t.yaml:3"))
                .hasMessageContaining("is not an http or https URL");
    }
}
