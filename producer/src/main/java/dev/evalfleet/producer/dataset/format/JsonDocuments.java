package dev.evalfleet.producer.dataset.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import dev.evalfleet.producer.dataset.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// JSON lines, one JSON array of objects, or an array inside an object (`field`); told apart by the first character.
final class JsonDocuments implements DocumentReader {
    private final String label;
    private final JsonParser parser;
    private final @Nullable String field;
    private boolean opened;

    JsonDocuments(InputStream input, String label, @Nullable String field) throws IOException {
        this.label = label;
        this.field = field;
        this.parser = JsonValues.FACTORY.createParser(input);
    }

    @Override
    public @Nullable Document next() throws DatasetException {
        try {
            if (!opened) {
                opened = true;
                open();
            } else {
                parser.nextToken();
            }
            JsonToken token = parser.currentToken();
            if (token == null || token == JsonToken.END_ARRAY) {
                return null;
            }
            long line = parser.currentTokenLocation().getLineNr();
            if (token != JsonToken.START_OBJECT) {
                throw DatasetException.lasting(
                        label + ":" + line, "a document must be a JSON object, but here is " + shown());
            }
            return new Document(JsonValues.readObject(parser), line);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw DatasetException.lasting(label + ":" + line, "broken JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw DatasetException.lasting(label, "cannot be read: " + e.getMessage());
        }
    }

    private void open() throws IOException, DatasetException {
        JsonToken token = parser.nextToken();
        if (field != null) {
            token = seek(field);
        }
        if (token == JsonToken.START_ARRAY) {
            parser.nextToken();
        } else if (field != null) {
            throw DatasetException.lasting(label, "the field \"" + field + "\" must be a list of documents");
        }
    }

    private JsonToken seek(String wanted) throws IOException, DatasetException {
        while (parser.currentToken() != null) {
            if (parser.currentToken() == JsonToken.FIELD_NAME) {
                boolean found = wanted.equals(parser.currentName());
                JsonToken value = parser.nextToken();
                if (found) {
                    return value;
                }
                parser.skipChildren();
            }
            parser.nextToken();
        }
        throw DatasetException.lasting(label, "there is no field \"" + wanted + "\" in the file");
    }

    private String shown() throws IOException {
        String text = parser.getText();
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
