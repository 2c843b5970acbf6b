package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values of a Parquet file as Hugging Face's datasets gives them to Python: whole numbers are long, lists of structs
/// stay lists and structs of lists stay structs, dates and times are text as Python prints them, decimals their digits.
///
/// @param node the column or a part of it
/// @param jsonText whether its texts are JSON that datasets decodes
record ParquetValues(SchemaNode node, boolean jsonText) {

    @Nullable
    Object of(@Nullable Object value) throws IOException {
        return switch (value) {
            case null -> null;
            case String text -> jsonText ? JsonValues.parse(text) : text;
            case Boolean flag -> flag;
            case Integer number -> isUnsigned() ? Integer.toUnsignedLong(number) : (long) number;
            case Long number -> isUnsigned() && number < 0 ? new BigInteger(Long.toUnsignedString(number)) : number;
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Float number -> number.doubleValue();
            case Double number -> number;
            case LocalTime time -> PythonTime.of(time);
            case LocalDateTime time -> PythonTime.of(time);
            case Instant time -> PythonTime.of(LocalDateTime.ofInstant(time, ZoneOffset.UTC)) + "+00:00";
            case PqList list -> list(list);
            case PqStruct struct -> struct(struct);
            case PqMap map -> map(map);
            default -> value.toString();
        };
    }

    private boolean isUnsigned() {
        return node instanceof SchemaNode.PrimitiveNode primitive
                && primitive.logicalType() instanceof LogicalType.IntType type
                && !type.isSigned();
    }

    private List<@Nullable Object> list(PqList list) throws IOException {
        SchemaNode element =
                node instanceof SchemaNode.GroupNode group && group.isList() ? group.getListElement() : node;
        var values = new ParquetValues(element, jsonText);
        var read = new ArrayList<@Nullable Object>(list.size());
        for (int i = 0; i < list.size(); i++) {
            read.add(values.of(list.get(i)));
        }
        return read;
    }

    private Map<String, @Nullable Object> struct(PqStruct struct) throws IOException {
        var read = new LinkedHashMap<String, @Nullable Object>();
        if (node instanceof SchemaNode.GroupNode group) {
            for (SchemaNode child : group.children()) {
                read.put(child.name(), new ParquetValues(child, jsonText).of(struct.getValue(child.name())));
            }
        }
        return read;
    }

    // Python sees pairs.
    private List<List<@Nullable Object>> map(PqMap map) throws IOException {
        var pairs = new ArrayList<List<@Nullable Object>>();
        if (node instanceof SchemaNode.GroupNode group) {
            for (PqMap.Entry entry : map.getEntries()) {
                var pair = new ArrayList<@Nullable Object>(2);
                pair.add(new ParquetValues(group.getMapKey(), false).of(entry.getKey()));
                pair.add(new ParquetValues(group.getMapValue(), jsonText).of(entry.getValue()));
                pairs.add(pair);
            }
        }
        return pairs;
    }

    /// Whether there are bytes in it that are not text: images, sound, or text that was not marked as such.
    static boolean holdsBytes(SchemaNode node) {
        return switch (node) {
            case SchemaNode.GroupNode group -> group.children().stream().anyMatch(ParquetValues::holdsBytes);
            case SchemaNode.PrimitiveNode leaf ->
                switch (leaf.type()) {
                    case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY ->
                        leaf.logicalType() == null || leaf.logicalType() instanceof LogicalType.BsonType;
                    default -> false;
                };
        };
    }
}
