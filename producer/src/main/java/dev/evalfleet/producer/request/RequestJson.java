package dev.evalfleet.producer.request;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.BaselineWord;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;

/// A request as plain JSON, for publishers without Avro: the fields of [EvalRequest] by name, as `submit --file` takes
/// them. Those with a default may be left out, and the id too when the record's key says it. One text is a list of one;
/// an enum is its name, in small letters and with dashes if one likes; a value in a map of texts that is no text stands
/// for its JSON.
public final class RequestJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Schema BASELINE = Baseline.getClassSchema();

    private final JsonParser parser;
    private final @Nullable String key;
    private final Problems problems;
    private @Nullable String baselineWord;

    private RequestJson(JsonParser parser, @Nullable String key, Problems problems) {
        this.parser = parser;
        this.key = key;
        this.problems = problems;
    }

    /// @param key of the record: the id of a request that does not say its own
    /// @param problems takes everything that is wrong, each with line, column and field
    /// @return null when something is wrong
    public static @Nullable EvalRequest read(byte[] json, @Nullable String key, Problems problems) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            return new RequestJson(parser, key, problems).read();
        } catch (JsonProcessingException e) {
            problems.add("request" + at(e.getLocation()), "is not JSON: " + e.getOriginalMessage());
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reads from memory
        }
    }

    private @Nullable EvalRequest read() throws IOException {
        parser.nextToken();
        Object record = value(EvalRequest.getClassSchema(), "");
        if (parser.nextToken() != null) {
            problem(parser.currentTokenLocation(), "", "goes on after its end");
        }
        if (!problems.isEmpty() || !(record instanceof GenericData.Record complete)) {
            return null;
        }
        EvalRequest request = specific(complete);
        if (baselineWord != null) {
            request.setBaseline(BaselineWord.of(baselineWord, request.getModels()));
        }
        return request;
    }

    // At the first token of the value; leaves the parser at its last.
    private @Nullable Object value(Schema schema, String field) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (schema.getType()) {
            case UNION -> token == JsonToken.VALUE_NULL ? null : value(present(schema), field);
            case RECORD -> record(schema, field);
            case ARRAY -> list(schema.getElementType(), field);
            case MAP -> map(schema.getValueType(), field);
            case ENUM -> symbol(schema, field);
            case INT ->
                token == JsonToken.VALUE_NUMBER_INT && isWithin(Integer.MAX_VALUE)
                        ? (Object) parser.getIntValue()
                        : wrong("a whole number", field);
            case LONG ->
                token == JsonToken.VALUE_NUMBER_INT && isWithin(Long.MAX_VALUE)
                        ? (Object) parser.getLongValue()
                        : wrong("a whole number", field);
            case DOUBLE ->
                token != null && token.isNumeric() ? (Object) parser.getDoubleValue() : wrong("a number", field);
            case BOOLEAN ->
                token != null && token.isBoolean() ? (Object) parser.getBooleanValue() : wrong("true or false", field);
            default -> token == JsonToken.VALUE_STRING ? parser.getText() : wrong("text", field);
        };
    }

    private @Nullable Object record(Schema schema, String field) throws IOException {
        if (schema.equals(BASELINE) && parser.currentToken() == JsonToken.VALUE_STRING) {
            baselineWord = parser.getText();
            return null;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return wrong("an object", field);
        }
        JsonLocation start = parser.currentTokenLocation();
        GenericData.Record record = new GenericData.Record(schema);
        Set<String> given = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonLocation place = parser.currentTokenLocation();
            Schema.Field known = schema.getField(name);
            String path = field.isEmpty() ? name : field + "." + name;
            parser.nextToken();
            if (known == null) {
                List<String> names =
                        schema.getFields().stream().map(Schema.Field::name).toList();
                problem(place, path, "is not a field of a request" + NearestName.hint(name, names));
                parser.skipChildren();
            } else if (given.add(name)) {
                record.put(known.pos(), value(known.schema(), path));
            } else {
                problem(place, path, "is there twice");
                parser.skipChildren();
            }
        }
        schema.getFields().stream()
                .filter(missing -> !given.contains(missing.name()))
                .forEach(missing -> record.put(missing.pos(), fallback(missing, field, start)));
        return record;
    }

    private @Nullable Object fallback(Schema.Field missing, String field, JsonLocation place) {
        if (field.isEmpty() && missing.name().equals("requestId") && key != null) {
            return key;
        }
        try {
            return GenericData.get().getDefaultValue(missing);
        } catch (AvroRuntimeException e) {
            return problem(place, field.isEmpty() ? missing.name() : field + "." + missing.name(), "is missing");
        }
    }

    private @Nullable Object list(Schema of, String field) throws IOException {
        if (of.getType() == Schema.Type.STRING && parser.currentToken() == JsonToken.VALUE_STRING) {
            return List.of(parser.getText());
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return wrong("a list", field);
        }
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(of, field + "[" + list.size() + "]"));
        }
        return list;
    }

    private @Nullable Object map(Schema of, String field) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return wrong("an object", field);
        }
        Map<String, @Nullable Object> map = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            boolean isItsJson = of.getType() == Schema.Type.STRING && parser.currentToken() != JsonToken.VALUE_STRING;
            map.put(name, isItsJson ? MAPPER.readTree(parser).toString() : value(of, field + "." + name));
        }
        return map;
    }

    private @Nullable Object symbol(Schema schema, String field) throws IOException {
        String name = parser.currentToken() == JsonToken.VALUE_STRING
                ? parser.getText().toUpperCase(Locale.ROOT).replace('-', '_')
                : "";
        return schema.hasEnumSymbol(name)
                ? new GenericData.EnumSymbol(schema, name)
                : wrong("one of " + String.join(", ", schema.getEnumSymbols()), field);
    }

    private boolean isWithin(long most) throws IOException {
        return parser.getBigIntegerValue().abs().compareTo(BigInteger.valueOf(most)) <= 0;
    }

    private @Nullable Object wrong(String wanted, String field) throws IOException {
        JsonLocation place = parser.currentTokenLocation();
        String seen = parser.currentToken() == null
                ? "nothing"
                : MAPPER.readTree(parser).toString();
        String shown = seen.length() <= 100 ? seen : seen.substring(0, 100) + "...";
        return problem(place, field, "must be " + wanted + ", but is " + shown);
    }

    private @Nullable Object problem(JsonLocation place, String field, String message) {
        problems.add("request" + at(place) + (field.isEmpty() ? "" : " " + field), message);
        return null;
    }

    private static String at(@Nullable JsonLocation place) {
        return place == null ? "" : ":" + place.getLineNr() + ":" + place.getColumnNr();
    }

    private static Schema present(Schema union) {
        return union.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    private static EvalRequest specific(GenericData.Record record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<Object>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return new SpecificDatumReader<>(EvalRequest.class)
                .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    }
}
