package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Parquet, some rows at a time: as many as take about 4 MB, however large a row group is. Columns that hold bytes,
/// images for example, are left out: templates cannot ask for them.
final class ParquetDocuments implements DocumentReader {
    private static final Logger LOG = LoggerFactory.getLogger(ParquetDocuments.class);
    private static final long BATCH_BYTES = 4 << 20;
    private static final long MOST_ROWS = 1024;

    private final String label;
    private final ParquetFileReader file;
    private final ColumnReaders readers;
    private final List<ParquetLeaf> leaves = new ArrayList<>();
    private final Map<String, ParquetColumn> columns = new LinkedHashMap<>();
    private int inBatch;
    private int at;
    private long row;

    private ParquetDocuments(ParquetFileReader file, DataFile source, DataOptions options) throws DatasetException {
        this.label = source.label();
        this.file = file;
        checkSize(source);
        List<SchemaNode> chosen = chosen(options);
        this.readers = file.buildColumnReaders(ColumnProjection.columns(
                        chosen.stream().map(SchemaNode::name).toArray(String[]::new)))
                .batchSize(batchRows())
                .build();
        var byIndex = new HashMap<Integer, ColumnReader>();
        for (int i = 0; i < readers.getColumnCount(); i++) {
            ColumnReader reader = readers.getColumnReader(i);
            byIndex.put(reader.getColumnSchema().columnIndex(), reader);
        }
        Map<?, ?> features = features();
        for (SchemaNode column : chosen) {
            var known = new HashMap<Integer, ParquetLeaf>();
            for (SchemaNode.PrimitiveNode leaf : ParquetColumn.leaves(column)) {
                known.put(
                        leaf.columnIndex(),
                        new ParquetLeaf(leaf, Objects.requireNonNull(byIndex.get(leaf.columnIndex()))));
            }
            leaves.addAll(known.values());
            columns.put(
                    column.name(),
                    ParquetColumn.of(
                            column,
                            0,
                            leaf -> Objects.requireNonNull(known.get(leaf)),
                            isJson(features.get(column.name()))));
        }
    }

    static DocumentReader open(DataFile source, DataOptions options) throws IOException, DatasetException {
        ParquetFileReader file = null;
        try {
            file = ParquetFileReader.open(InputFile.of(source.path()));
            DocumentReader opened = new ParquetDocuments(file, source, options);
            file = null;
            return opened;
        } catch (RuntimeException e) {
            throw broken(source.label(), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    private static DatasetException broken(String where, Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return DatasetException.lasting(where, "is not a Parquet file that can be read: " + cause.getMessage());
    }

    private static long unpacked(RowGroup group) {
        return group.columns().stream()
                .mapToLong(chunk -> chunk.metaData().totalUncompressedSize())
                .sum();
    }

    private void checkSize(DataFile source) throws DatasetException {
        long size = file.getFileMetaData().rowGroups().stream()
                .mapToLong(ParquetDocuments::unpacked)
                .sum();
        if (size > source.mostBytes()) {
            throw DatasetException.lasting(
                    label,
                    "unpacks to " + size
                            + " bytes, which is more than producer.download-ratio allows for a file of its size");
        }
    }

    private int batchRows() {
        long rowBytes = file.getFileMetaData().rowGroups().stream()
                .filter(group -> group.numRows() > 0)
                .mapToLong(group -> unpacked(group) / group.numRows())
                .max()
                .orElse(1);
        return (int) Math.clamp(BATCH_BYTES / Math.max(1, rowBytes), 1, MOST_ROWS);
    }

    private List<SchemaNode> chosen(DataOptions options) throws DatasetException {
        List<SchemaNode> all = file.getFileSchema().getRootNode().children();
        List<String> names = all.stream().map(SchemaNode::name).toList();
        for (String wanted : options.columns()) {
            if (!names.contains(wanted)) {
                throw DatasetException.lasting(
                        label, "there is no column \"" + wanted + "\"; there are " + String.join(", ", names));
            }
        }
        var chosen = new ArrayList<SchemaNode>();
        for (SchemaNode column : all) {
            List<SchemaNode.PrimitiveNode> parts = ParquetColumn.leaves(column);
            if (parts.stream().anyMatch(ParquetColumn::isBytes)) {
                LOG.info("column left out, it holds bytes file={} column={}", label, column.name());
            } else if (!parts.isEmpty()
                    && (options.columns().isEmpty() || options.columns().contains(column.name()))) {
                chosen.add(column);
            }
        }
        if (chosen.isEmpty()) {
            throw DatasetException.lasting(label, "has no column that holds text or numbers");
        }
        return chosen;
    }

    // What datasets wrote about its own types: info.features of the key "huggingface".
    private Map<?, ?> features() {
        String json = file.getFileMetaData().keyValueMetadata().get("huggingface");
        try {
            return json != null
                            && JsonValues.parse(json) instanceof Map<?, ?> whole
                            && whole.get("info") instanceof Map<?, ?> info
                            && info.get("features") instanceof Map<?, ?> features
                    ? features
                    : Map.of();
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static boolean isJson(@Nullable Object feature) {
        return feature instanceof Map<?, ?> map
                && ("Json".equals(map.get("_type")) || (map.get("feature") != null && isJson(map.get("feature"))));
    }

    @Override
    public @Nullable Document next() throws DatasetException {
        try {
            while (at == inBatch) {
                if (!readers.nextBatch()) {
                    return null;
                }
                leaves.forEach(ParquetLeaf::load);
                inBatch = readers.getRecordCount();
                at = 0;
            }
            row++;
            var values = new LinkedHashMap<String, @Nullable Object>();
            for (Map.Entry<String, ParquetColumn> column : columns.entrySet()) {
                values.put(column.getKey(), column.getValue().at(at));
            }
            at++;
            return new Document(values, row);
        } catch (IOException | RuntimeException e) {
            throw broken(label + ":" + (row + 1), e);
        }
    }

    @Override
    public void close() throws IOException {
        readers.close();
        file.close();
    }
}
