package dev.evalfleet.producer.dataset.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DataOptions;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Document;
import dev.evalfleet.producer.dataset.DocumentReader;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CSV and TSV. A column's type is what all of its values are, as pandas reads them; so the file is gone through twice.
final class CsvDocuments implements DocumentReader {
    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(100_000_000)
                            .build())
                    .build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();

    private final DataFile file;
    private final DataOptions options;
    private final List<CsvColumn> columns;
    private final MappingIterator<String[]> rows;

    CsvDocuments(DataFile file, DataOptions options) throws IOException, DatasetException {
        this.file = file;
        this.options = options;
        try (MappingIterator<String[]> first = rows()) {
            this.columns = columns(first);
            learn(first);
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        this.rows = rows();
        skipHeader(rows);
    }

    private MappingIterator<String[]> rows() throws IOException, DatasetException {
        char separator = options.separator() == null ? ',' : options.separator();
        CsvSchema schema =
                CsvSchema.emptySchema().withColumnSeparator(separator).withQuoteChar(options.quote());
        return MAPPER.readerFor(String[].class).with(schema).readValues(Compression.open(file));
    }

    private String @Nullable [] skipHeader(MappingIterator<String[]> rows) throws IOException, DatasetException {
        if (options.header() == null) {
            return null;
        }
        if (!rows.hasNextValue()) {
            throw DatasetException.lasting(
                    file.label(), "the file is empty; a CSV file starts with a line of column names");
        }
        String[] names = rows.nextValue();
        if (names.length > 0 && names[0].startsWith("\uFEFF")) {
            names[0] = names[0].substring(1);
        }
        return names;
    }

    private List<CsvColumn> columns(MappingIterator<String[]> rows) throws IOException, DatasetException {
        String[] header = skipHeader(rows);
        List<String> given =
                options.columnNames().isEmpty() && header != null ? List.of(header) : options.columnNames();
        if (given.isEmpty()) {
            throw DatasetException.lasting(
                    file.label(), "has no line of column names (header: null); name the columns in column_names");
        }
        var names = new LinkedHashMap<String, Integer>();
        for (int i = 0; i < given.size(); i++) {
            String name = given.get(i).isEmpty() ? "Unnamed: " + i : given.get(i);
            String unique = name;
            for (int times = 1; names.containsKey(unique); times++) {
                unique = name + "." + times;
            }
            names.put(unique, i);
        }
        return names.keySet().stream()
                .map(name -> new CsvColumn(name, options.keepMissingWords()))
                .toList();
    }

    private void learn(MappingIterator<String[]> rows) throws IOException, DatasetException {
        var known = new HashSet<>(columns.stream().map(CsvColumn::name).toList());
        for (String wanted : options.columns()) {
            if (!known.contains(wanted)) {
                throw DatasetException.lasting(
                        file.label(), "there is no column \"" + wanted + "\"; there are " + String.join(", ", known));
            }
        }
        while (rows.hasNextValue()) {
            long line = rows.getCurrentLocation().getLineNr();
            String[] cells = rows.nextValue();
            if (cells.length > columns.size()) {
                throw DatasetException.lasting(
                        file.label() + ":" + line,
                        "the row has " + cells.length + " cells, the header has " + columns.size() + " columns");
            }
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).learn(i < cells.length ? cells[i] : null);
            }
        }
    }

    @Override
    public @Nullable Document next() throws DatasetException {
        try {
            if (!rows.hasNextValue()) {
                return null;
            }
            long line = rows.getCurrentLocation().getLineNr();
            String[] cells = rows.nextValue();
            var values = new LinkedHashMap<String, @Nullable Object>();
            for (int i = 0; i < columns.size(); i++) {
                CsvColumn column = columns.get(i);
                if (options.columns().isEmpty() || options.columns().contains(column.name())) {
                    values.put(column.name(), column.value(i < cells.length ? cells[i] : null));
                }
            }
            return new Document(values, line);
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private DatasetException unreadable(Exception e) {
        return DatasetException.lasting(file.label(), "cannot be read: " + e.getMessage());
    }

    private DatasetException broken(JsonProcessingException e) {
        long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return DatasetException.lasting(file.label() + ":" + line, "broken CSV: " + e.getOriginalMessage());
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
