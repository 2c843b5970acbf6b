package dev.evalfleet.producer.dataset.format;

import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Parquet, row by row. Columns that hold bytes, images for example, are left out: templates cannot ask for them.
final class ParquetDocuments implements DocumentReader {
    private static final Logger LOG = LoggerFactory.getLogger(ParquetDocuments.class);

    private final String label;
    private final ParquetFileReader file;
    private final Map<String, ParquetValues> columns = new LinkedHashMap<>();
    private final RowReader rows;
    private long row;

    private ParquetDocuments(ParquetFileReader file, DataFile source, DataOptions options) throws DatasetException {
        this.label = source.label();
        this.file = file;
        checkSize(source);
        Map<?, ?> features = features();
        List<SchemaNode> all = file.getFileSchema().getRootNode().children();
        for (SchemaNode column : all) {
            if (!options.columns().isEmpty() && !options.columns().contains(column.name())) {
                continue;
            }
            if (ParquetValues.holdsBytes(column)) {
                LOG.info("column left out, it holds bytes file={} column={}", label, column.name());
            } else {
                columns.put(column.name(), new ParquetValues(column, isJson(features.get(column.name()))));
            }
        }
        for (String wanted : options.columns()) {
            if (all.stream().noneMatch(column -> column.name().equals(wanted))) {
                throw DatasetException.lasting(
                        label,
                        "there is no column \"" + wanted + "\"; there are "
                                + String.join(
                                        ", ", all.stream().map(SchemaNode::name).toList()));
            }
        }
        if (columns.isEmpty()) {
            throw DatasetException.lasting(label, "has no column that holds text or numbers");
        }
        this.rows = file.buildRowReader()
                .projection(ColumnProjection.columns(columns.keySet().toArray(String[]::new)))
                .build();
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
        return DatasetException.lasting(where, "is not a Parquet file that can be read: " + e.getMessage());
    }

    private void checkSize(DataFile source) throws DatasetException {
        long size = file.getFileMetaData().rowGroups().stream()
                .flatMap(group -> group.columns().stream())
                .mapToLong(chunk -> chunk.metaData().totalUncompressedSize())
                .sum();
        if (size > source.mostBytes()) {
            throw DatasetException.lasting(
                    label,
                    "unpacks to " + size
                            + " bytes, which is more than producer.download-ratio allows for a file of its size");
        }
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
            if (!rows.hasNext()) {
                return null;
            }
            rows.next();
            row++;
            var values = new LinkedHashMap<String, @Nullable Object>();
            for (Map.Entry<String, ParquetValues> column : columns.entrySet()) {
                values.put(column.getKey(), column.getValue().of(rows.getValue(column.getKey())));
            }
            return new Document(values, row);
        } catch (IOException | RuntimeException e) {
            throw broken(label + ":" + (row + 1), e);
        }
    }

    @Override
    public void close() throws IOException {
        rows.close();
        file.close();
    }
}
