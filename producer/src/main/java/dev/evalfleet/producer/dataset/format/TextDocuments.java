package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Plain text: a document per line, in the column `text`; empty lines count.
final class TextDocuments implements DocumentReader {
    private final BufferedReader reader;
    private final String label;
    private long line;

    TextDocuments(InputStream input, String label) {
        this.reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        this.label = label;
    }

    @Override
    public @Nullable Document next() throws DatasetException {
        try {
            String text = reader.readLine();
            line++;
            return text == null ? null : new Document(Map.of("text", text), line);
        } catch (IOException e) {
            throw DatasetException.lasting(label + ":" + line, "cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
