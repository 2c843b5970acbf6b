package dev.evalfleet.local.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.schemas.wire.Compatibility;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;

/// What changed a registry, a JSON line each, in order. Replayed, it gives the same ids and versions again. A line is
/// on disk before its change is answered; a last line torn by a crash was never answered and is dropped.
final class RegistryLog implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private long length;

    private RegistryLog(Path file, FileChannel channel, long length) {
        this.file = file;
        this.channel = channel;
        this.length = length;
    }

    /// Opens the file and brings the (empty) registry to where it was.
    static RegistryLog open(Path file, InMemorySchemaRegistry registry) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            int whole = replay(file, Files.readAllBytes(file), registry);
            channel.truncate(whole);
            return new RegistryLog(file, channel, whole);
        } catch (IOException e) {
            throw new OperatorException(
                    "%s, the file of the schema registry, cannot be used: %s".formatted(file, e), e);
        }
    }

    void registered(String subject, Schema schema) {
        append(JSON.createObjectNode().put("subject", subject).put("schema", schema.toString()));
    }

    void levelSet(Compatibility level) {
        append(JSON.createObjectNode().put("compatibility", level.name()));
    }

    void levelSet(String subject, Compatibility level) {
        append(JSON.createObjectNode().put("subject", subject).put("compatibility", level.name()));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(ObjectNode change) {
        ByteBuffer line = ByteBuffer.wrap((change + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            long end = length; // a line that failed half way is written over
            while (line.hasRemaining()) {
                end += channel.write(line, end);
            }
            channel.force(false);
            length = end;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// @return the length of what is whole
    private static int replay(Path file, byte[] content, InMemorySchemaRegistry registry) {
        int start = 0;
        int number = 1;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                apply(file, number++, new String(content, start, i - start, StandardCharsets.UTF_8), registry);
                start = i + 1;
            }
        }
        return start;
    }

    private static void apply(Path file, int number, String line, InMemorySchemaRegistry registry) {
        try {
            JsonNode change = JSON.readTree(line);
            String subject = change.path("subject").asText();
            if (change.has("schema")) {
                registry.append(
                        subject, new Schema.Parser().parse(change.path("schema").asText()));
            } else if (change.has("subject")) {
                registry.setLevel(subject, level(change));
            } else {
                registry.setLevel(level(change));
            }
        } catch (JsonProcessingException | RuntimeException e) {
            throw new OperatorException(
                    "%s:%d is damaged (%s). Restore the file, or choose another data folder"
                            .formatted(file, number, e.getMessage()),
                    e);
        }
    }

    private static Compatibility level(JsonNode change) {
        return Compatibility.valueOf(change.path("compatibility").asText());
    }
}
