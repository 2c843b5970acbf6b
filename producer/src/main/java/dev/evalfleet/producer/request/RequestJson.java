package dev.evalfleet.producer.request;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;

/// A request as plain JSON, for publishers without Avro: the fields of the schema by name, those with a default may be
/// left out, an enum is its name.
final class RequestJson {
    private RequestJson() {}

    static EvalRequest read(byte[] json) {
        try {
            Object value = JsonValues.parse(new String(json, StandardCharsets.UTF_8));
            Object record = converted(value, EvalRequest.getClassSchema(), "request");
            var bytes = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<Object>(EvalRequest.getClassSchema()).write(record, encoder);
            encoder.flush();
            return new SpecificDatumReader<>(EvalRequest.class)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
        } catch (IOException e) {
            throw new UndecodableException("the request is not JSON: " + e.getMessage());
        }
    }

    private static @Nullable Object converted(@Nullable Object value, Schema schema, String where) {
        return switch (schema.getType()) {
            case RECORD -> record(value, schema, where);
            case UNION -> value == null ? null : converted(value, present(schema), where);
            case MAP -> map(value, schema, where);
            case ARRAY -> list(value, schema, where);
            case ENUM -> symbol(value, schema, where);
            case INT -> Math.toIntExact(whole(value, where));
            case LONG -> whole(value, where);
            case DOUBLE -> value instanceof Number number ? number.doubleValue() : wrong(value, "a number", where);
            case BOOLEAN -> value instanceof Boolean ? value : wrong(value, "true or false", where);
            default -> value instanceof String ? value : wrong(value, "text", where);
        };
    }

    private static Schema present(Schema union) {
        return union.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    private static Object record(@Nullable Object value, Schema schema, String where) {
        if (!(value instanceof Map<?, ?> fields)) {
            return wrong(value, "an object", where);
        }
        List<String> known = schema.getFields().stream().map(Schema.Field::name).toList();
        for (Object name : fields.keySet()) {
            if (!known.contains(name)) {
                throw new UndecodableException(
                        where + " has no field \"" + name + "\"" + NearestName.hint(String.valueOf(name), known));
            }
        }
        var record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            if (fields.containsKey(field.name())) {
                record.put(
                        field.pos(), converted(fields.get(field.name()), field.schema(), where + " " + field.name()));
            } else {
                record.put(field.pos(), fallback(field, where));
            }
        }
        return record;
    }

    private static Object fallback(Schema.Field field, String where) {
        try {
            return GenericData.get().getDefaultValue(field);
        } catch (AvroRuntimeException e) {
            throw new UndecodableException(where + " " + field.name() + " is missing");
        }
    }

    private static Object map(@Nullable Object value, Schema schema, String where) {
        if (!(value instanceof Map<?, ?> given)) {
            return wrong(value, "an object", where);
        }
        var map = new HashMap<String, @Nullable Object>();
        given.forEach(
                (key, item) -> map.put(String.valueOf(key), converted(item, schema.getValueType(), where + "." + key)));
        return map;
    }

    private static Object list(@Nullable Object value, Schema schema, String where) {
        if (!(value instanceof List<?> given)) {
            return wrong(value, "a list", where);
        }
        var list = new ArrayList<@Nullable Object>();
        given.forEach(item -> list.add(converted(item, schema.getElementType(), where + "[" + list.size() + "]")));
        return list;
    }

    private static Object symbol(@Nullable Object value, Schema schema, String where) {
        return value instanceof String name && schema.hasEnumSymbol(name)
                ? new GenericData.EnumSymbol(schema, name)
                : wrong(value, "one of " + String.join(", ", schema.getEnumSymbols()), where);
    }

    private static long whole(@Nullable Object value, String where) {
        if (value instanceof Long number) {
            return number;
        }
        throw new UndecodableException(where + " must be a whole number, but is " + JsonValues.text(value));
    }

    private static Object wrong(@Nullable Object value, String wanted, String where) {
        throw new UndecodableException(where + " must be " + wanted + ", but is " + JsonValues.text(value));
    }
}
