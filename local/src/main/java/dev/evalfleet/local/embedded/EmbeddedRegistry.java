package dev.evalfleet.local.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.evalfleet.local.embedded.RegistryApi.Answer;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A schema registry that speaks Confluent's REST API on this machine. What was registered stays in the data folder,
/// under the same ids.
public final class EmbeddedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int LARGEST_BODY = 4 * 1024 * 1024;

    private final RegistryApi api;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RegistryLog log;
    private final DataDirLock lock;

    private EmbeddedRegistry(RegistryApi api, HttpServer server, RegistryLog log, DataDirLock lock) {
        this.api = api;
        this.server = server;
        this.log = log;
        this.lock = lock;
    }

    /// On a free port.
    public static EmbeddedRegistry start(Path dataDir) {
        return start(dataDir, 0);
    }

    /// @param port 0 picks a free one
    /// @throws OperatorException when the port or the folder is in use
    public static EmbeddedRegistry start(Path dataDir, int port) {
        DataDirLock lock = DataDirLock.take(dataDir, "registry");
        try {
            InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
            HttpServer server = bind(port);
            RegistryLog log = RegistryLog.open(dataDir.resolve("schemas.jsonl"), schemas);
            EmbeddedRegistry registry = new EmbeddedRegistry(new RegistryApi(schemas, log), server, log, lock);
            server.setExecutor(registry.threads);
            server.createContext("/", registry::answer);
            server.start();
            return registry;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        log.close();
        lock.close();
    }

    private static HttpServer bind(int port) {
        try {
            return HttpServer.create(new InetSocketAddress(FreePorts.LOOPBACK, port), 0);
        } catch (BindException e) {
            FreePorts.requireFree(port, "the schema registry"); // says it better
            throw new OperatorException("The schema registry cannot listen on port " + port + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new OperatorException("The schema registry cannot listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answerTo(exchange);
            byte[] content = JSON.writeValueAsBytes(answer.body());
            exchange.getResponseHeaders().set("Content-Type", TYPE);
            exchange.sendResponseHeaders(answer.status(), content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private Answer answerTo(HttpExchange exchange) throws IOException {
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(LARGEST_BODY + 1);
        }
        if (body.length > LARGEST_BODY) {
            return Answer.error(413, 413, "body of more than " + LARGEST_BODY + " bytes");
        }
        try {
            return api.answer(RegistryRequest.of(
                    exchange.getRequestMethod(), exchange.getRequestURI(), new String(body, StandardCharsets.UTF_8)));
        } catch (RuntimeException e) {
            LOG.error("failed path={}", exchange.getRequestURI(), e);
            return Answer.error(500, 50001, "Error in the schema registry: " + e.getMessage());
        }
    }
}
