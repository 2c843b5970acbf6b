package dev.evalfleet.local.interop;

import dev.evalfleet.local.embedded.EmbeddedRegistry;
import dev.evalfleet.local.embedded.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/// Schema registries for all tests of a JVM, each started when it is first asked for.
final class SharedRegistries implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("Listening on: (http://\\S+:\\d+)");

    /// Whose registry.
    enum Kind {
        EMBEDDED,
        /// Apicurio Registry, which nobody here wrote, through its Confluent-compatible API.
        APICURIO
    }

    private final Path folder;
    private final Map<Kind, String> urls = new EnumMap<>(Kind.class);
    private final Map<Kind, TestAbortedException> missing = new EnumMap<>(Kind.class);
    private final Deque<Runnable> parts = new ArrayDeque<>();

    SharedRegistries() {
        try {
            folder = Files.createTempDirectory("evalfleet-registries-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where its Confluent API is. Skips the test that asks when the registry cannot be had.
    synchronized String url(Kind kind) {
        if (missing.containsKey(kind)) {
            throw missing.get(kind);
        }
        String known = urls.get(kind);
        if (known != null) {
            return known;
        }
        try {
            String url = kind == Kind.EMBEDDED ? embedded() : apicurio();
            urls.put(kind, url);
            System.out.printf("Tests run on the registry %s at %s%n", kind, url);
            return url;
        } catch (TestAbortedException e) {
            System.out.printf("Tests on the registry %s are skipped: %s%n", kind, e.getMessage());
            missing.put(kind, e);
            throw e;
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().run();
        }
        Folders.delete(folder);
    }

    private String embedded() {
        EmbeddedRegistry registry = EmbeddedRegistry.start(folder);
        parts.push(registry::close);
        return registry.url();
    }

    private String apicurio() {
        Path home = MavenFiles.archive("io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all", "apicurio-registry-3.3.3");
        ServerProcess server = ServerProcess.start(
                home,
                folder.resolve("apicurio.log"),
                List.of(
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=0",
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=0",
                        "-jar",
                        home.resolve("quarkus-run.jar").toString()));
        parts.push(server::close);
        return server.awaitLine(LISTENING) + "/apis/ccompat/v7";
    }

    /// Resolves parameters of type [SharedRegistries].
    static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == SharedRegistries.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(SharedRegistries.class))
                    .getOrComputeIfAbsent(SharedRegistries.class, _ -> new SharedRegistries(), SharedRegistries.class);
        }
    }
}
