package dev.evalfleet.producer.dataset.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DataUnderTest;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.HubAccess;
import dev.evalfleet.producer.dataset.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UrlCacheTest {
    private static final byte[] LINE = "{\"x\": 1}\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path cache;

    private final ScriptedServer server = new ScriptedServer();
    private final List<Long> progress = new ArrayList<>();

    @AfterEach
    void stopServer() {
        server.close();
    }

    private UrlCache urls(DataAccess access) {
        return new UrlCache(
                access,
                new Transfer(
                        new Http(access, Duration.ofMillis(1)), access.maxBytes(), (_, done, _) -> progress.add(done)));
    }

    private UrlCache urls(boolean allowPrivate, long limit) {
        return urls(DataUnderTest.access(null, cache, allowPrivate, limit, DataUnderTest.hub(server.url(""), cache)));
    }

    private String fetched(String path) throws Exception {
        return Files.readString(urls(true, 1 << 20).fetch(server.url(path), "t.yaml:3"));
    }

    @Test
    void aFileIsFetchedOnceAndThenTakenFromTheCache() throws Exception {
        server.serve("/data.jsonl", LINE);

        assertThat(fetched("/data.jsonl")).isEqualTo("{\"x\": 1}\n");
        assertThat(fetched("/data.jsonl")).isEqualTo("{\"x\": 1}\n");

        assertThat(server.times("/data.jsonl")).isEqualTo(1);
        assertThat(progress).endsWith(9L);
    }

    @Test
    void redirectsAreFollowedButNotForEver() throws Exception {
        server.serve("/data.jsonl", LINE);
        server.redirect("/moved", "/data.jsonl");
        server.redirect("/circle", server.url("/circle"));

        assertThat(fetched("/moved")).isEqualTo("{\"x\": 1}\n");
        assertThatThrownBy(() -> fetched("/circle")).hasMessageContaining("redirects more than 5 times");
    }

    @Test
    void addressesInsideTheNetworkAreRefusedUnlessAllowed() {
        assertThatThrownBy(() -> urls(false, 1000).fetch(server.url("/data.jsonl"), "t.yaml:3"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("leads to 127.0.0.1, an address inside the network", "allow-private-addresses");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void theSizeIsCappedByWhatIsAnnouncedAndWhileItStreams() throws IOException {
        server.serve("/announced", new byte[5000]);
        server.on("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100; i++) {
                exchange.getResponseBody().write(new byte[1000]);
            }
        });

        for (String path : List.of("/announced", "/endless")) {
            assertThatThrownBy(() -> urls(true, 3000).fetch(server.url(path), "t.yaml:3"))
                    .hasMessageContaining("is larger than producer.download-limit (3000 bytes)");
        }
        try (var files = Files.list(cache)) {
            assertThat(files.filter(file -> !file.toString().endsWith(".lock"))).isEmpty();
        }
    }

    @Test
    void aCutConnectionIsGoneOnWithWhereItEnded() throws Exception {
        byte[] whole = new byte[200_000];
        Arrays.fill(whole, (byte) 'x');
        var cuts = new AtomicInteger();
        server.on("/data", exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders().add("ETag", "\"v1\"");
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-199999/200000");
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, whole.length - from);
            boolean cut = cuts.getAndIncrement() < 2;
            exchange.getResponseBody().write(whole, from, cut ? 60_000 : whole.length - from);
            exchange.getResponseBody().flush();
            if (cut) {
                throw new IOException("cut");
            }
        });

        assertThat(fetched("/data")).hasSize(200_000).matches("x+");

        assertThat(server.asked())
                .extracting(ScriptedServer.Asked::range)
                .hasSize(3)
                .first()
                .isNull();
        assertThat(server.asked().getLast().range()).startsWith("bytes=").isNotEqualTo("bytes=0-");
    }

    @Test
    void aServerThatChangedTheFileMeanwhileGivesItWhole() throws Exception {
        var asked = new AtomicInteger();
        server.on("/data", exchange -> {
            boolean first = asked.getAndIncrement() == 0;
            exchange.getResponseHeaders().add("ETag", first ? "\"v1\"" : "\"v2\"");
            exchange.sendResponseHeaders(200, 10); // the second ignores the range: If-Range no longer holds
            exchange.getResponseBody().write((first ? "old" : "new-------").getBytes(StandardCharsets.UTF_8));
            if (first) {
                exchange.getResponseBody().flush();
                throw new IOException("cut");
            }
        });

        assertThat(fetched("/data")).isEqualTo("new-------");
    }

    @Test
    void whatIsGoneIsLastingAndWhatStaysBusyIsNot() {
        server.refuse("/busy", 503);

        assertThatThrownBy(() -> fetched("/gone"))
                .hasMessageContaining("answered 404")
                .matches(e -> !((DatasetException) e).isTemporary());
        assertThatThrownBy(() -> fetched("/busy"))
                .hasMessageContaining("answered 503")
                .matches(e -> ((DatasetException) e).isTemporary());
    }

    @Test
    void aBusyServerIsAskedAgainAfterTheTimeItSays() throws Exception {
        var asked = new AtomicInteger();
        server.on("/data", exchange -> {
            if (asked.getAndIncrement() < 2) {
                exchange.getResponseHeaders().add("Retry-After", "0");
                exchange.sendResponseHeaders(asked.get() == 1 ? 429 : 503, -1);
            } else {
                ScriptedServer.send(exchange, 200, LINE);
            }
        });

        assertThat(fetched("/data")).isEqualTo("{\"x\": 1}\n");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aServerThatStopsSendingIsGivenUp() {
        var end = new CountDownLatch(1);
        server.on("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(LINE);
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        HubAccess hub = DataUnderTest.hub(server.url(""), cache);
        var hasty = new DataAccess(null, List.of(), cache, true, 1000, 10, Duration.ofMillis(500), hub);

        assertThatThrownBy(() -> urls(hasty).fetch(server.url("/slow"), "t.yaml:3"))
                .hasMessageContaining("cannot be fetched: HttpTimeoutException, no bytes for")
                .matches(e -> ((DatasetException) e).isTemporary());
        end.countDown();
    }

    @Test
    void offlineOnlyTheCacheIsUsed() throws Exception {
        server.serve("/data.jsonl", LINE);
        fetched("/data.jsonl");
        HubAccess hub = DataUnderTest.hub(server.url(""), cache);
        var offline = new HubAccess(hub.endpoint(), null, hub.cacheDir(), true);
        UrlCache urls = urls(DataUnderTest.access(null, cache, true, 1000, offline));

        assertThat(urls.fetch(server.url("/data.jsonl"), "t.yaml:3")).exists();
        assertThatThrownBy(() -> urls.fetch(server.url("/other.jsonl"), "t.yaml:3"))
                .hasMessageContaining("/other.jsonl is not in the cache", "and the producer is offline");
    }
}
