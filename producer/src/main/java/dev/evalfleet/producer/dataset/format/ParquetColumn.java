package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.RepetitionType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A column or a part of one, put together from its leaves: lists of structs stay lists and structs of lists stay
/// structs; Python sees a map as pairs. A struct that may be missing and a list are each a layer of the leaf below.
sealed interface ParquetColumn {
    /// The value at a position of this node's layer.
    @Nullable
    Object at(int position) throws IOException;

    /// A leaf below, which knows about the layers above it.
    ParquetLeaf leaf();

    /// Of a node whose values are at that layer.
    ///
    /// @param readers by number of the leaf in the file
    /// @param jsonText whether texts are JSON that datasets decodes
    static ParquetColumn of(SchemaNode node, int layer, IntFunction<ParquetLeaf> readers, boolean jsonText) {
        boolean repeated = node.repetitionType() == RepetitionType.REPEATED;
        if (node instanceof SchemaNode.GroupNode group && group.isList()) {
            return new Listed(layer, element(group.getListElement(), layer + 1, readers, jsonText));
        }
        if (node instanceof SchemaNode.GroupNode group && group.isMap()) {
            return new Listed(
                    layer,
                    new Pair(
                            of(group.getMapKey(), layer + 1, readers, false),
                            of(group.getMapValue(), layer + 1, readers, jsonText)));
        }
        return repeated
                ? new Listed(layer, element(node, layer + 1, readers, jsonText))
                : element(node, layer, readers, jsonText);
    }

    // The element of an old list is repeated itself, which the list has counted.
    private static ParquetColumn element(
            SchemaNode node, int layer, IntFunction<ParquetLeaf> readers, boolean jsonText) {
        if (node instanceof SchemaNode.PrimitiveNode leaf) {
            return new Leaf(readers.apply(leaf.columnIndex()), jsonText);
        }
        SchemaNode.GroupNode group = (SchemaNode.GroupNode) node;
        if (group.isList() || group.isMap()) {
            return of(node, layer, readers, jsonText);
        }
        boolean optional = node.repetitionType() == RepetitionType.OPTIONAL;
        var fields = new LinkedHashMap<String, ParquetColumn>();
        for (SchemaNode child : group.children()) {
            fields.put(child.name(), of(child, optional ? layer + 1 : layer, readers, jsonText));
        }
        return new Struct(optional ? layer : -1, fields);
    }

    record Leaf(ParquetLeaf leaf, boolean jsonText) implements ParquetColumn {
        @Override
        public @Nullable Object at(int position) throws IOException {
            Object value = leaf.at(position);
            return jsonText && value instanceof String text ? JsonValues.parse(text) : value;
        }
    }

    /// @param layer of its validity; -1: it is never missing
    record Struct(int layer, Map<String, ParquetColumn> fields) implements ParquetColumn {
        @Override
        public @Nullable Object at(int position) throws IOException {
            if (layer >= 0 && leaf().reader().getLayerValidity(layer).isNull(position)) {
                return null;
            }
            var values = new LinkedHashMap<String, @Nullable Object>();
            for (Map.Entry<String, ParquetColumn> field : fields.entrySet()) {
                values.put(field.getKey(), field.getValue().at(position));
            }
            return values;
        }

        @Override
        public ParquetLeaf leaf() {
            return fields.values().iterator().next().leaf();
        }
    }

    record Pair(ParquetColumn key, ParquetColumn value) implements ParquetColumn {
        @Override
        public Object at(int position) throws IOException {
            var pair = new ArrayList<@Nullable Object>(2);
            pair.add(key.at(position));
            pair.add(value.at(position));
            return pair;
        }

        @Override
        public ParquetLeaf leaf() {
            return key.leaf();
        }
    }

    record Listed(int layer, ParquetColumn element) implements ParquetColumn {
        @Override
        public @Nullable Object at(int position) throws IOException {
            ColumnReader reader = leaf().reader();
            if (reader.getLayerValidity(layer).isNull(position)) {
                return null;
            }
            int[] offsets = reader.getLayerOffsets(layer);
            var items = new ArrayList<@Nullable Object>(offsets[position + 1] - offsets[position]);
            for (int item = offsets[position]; item < offsets[position + 1]; item++) {
                items.add(element.at(item));
            }
            return items;
        }

        @Override
        public ParquetLeaf leaf() {
            return element.leaf();
        }
    }

    /// The leaves below a node.
    static List<SchemaNode.PrimitiveNode> leaves(SchemaNode node) {
        return switch (node) {
            case SchemaNode.PrimitiveNode leaf -> List.of(leaf);
            case SchemaNode.GroupNode group ->
                group.children().stream()
                        .flatMap(child -> leaves(child).stream())
                        .toList();
        };
    }

    /// Whether a leaf holds bytes that are not text: images, sound, or text that was not marked as such.
    static boolean isBytes(SchemaNode.PrimitiveNode leaf) {
        return switch (leaf.type()) {
            case BYTE_ARRAY -> leaf.logicalType() == null || leaf.logicalType() instanceof LogicalType.BsonType;
            case FIXED_LEN_BYTE_ARRAY ->
                !(leaf.logicalType() instanceof LogicalType.DecimalType
                        || leaf.logicalType() instanceof LogicalType.UuidType
                        || leaf.logicalType() instanceof LogicalType.Float16Type);
            default -> false;
        };
    }
}
