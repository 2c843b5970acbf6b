package dev.evalfleet.producer.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// CSV and TSV with a header line. A column's type is what all of its values are, as pandas reads them; so the file is
/// gone through twice.
final class CsvDocuments implements DocumentReader {
    private static final CsvMapper MAPPER =
            CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY).build();
    private static final Set<String> MISSING = Set.of(
            "",
            "#N/A",
            "#N/A N/A",
            "#NA",
            "-1.#IND",
            "-1.#QNAN",
            "-NaN",
            "-nan",
            "1.#IND",
            "1.#QNAN",
            "<NA>",
            "N/A",
            "NA",
            "NULL",
            "NaN",
            "None",
            "n/a",
            "nan",
            "null");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern FRACTION = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private enum Kind {
        WHOLE,
        FRACTION,
        BOOLEAN,
        TEXT
    }

    /// Opens the file; called once for the types and once for the documents.
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    private final String label;
    private final List<String> columns;
    private final List<Kind> kinds;
    private final MappingIterator<String[]> rows;

    CsvDocuments(Source source, String label, char delimiter) throws IOException, DatasetException {
        this.label = label;
        try (MappingIterator<String[]> first = rows(source.open(), delimiter)) {
            this.columns = header(first);
            this.kinds = kinds(first);
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
        this.rows = rows(source.open(), delimiter);
        header(rows);
    }

    private static MappingIterator<String[]> rows(InputStream input, char delimiter) throws IOException {
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(delimiter);
        return MAPPER.readerFor(String[].class).with(schema).readValues(input);
    }

    private List<String> header(MappingIterator<String[]> rows) throws IOException, DatasetException {
        if (!rows.hasNextValue()) {
            throw DatasetException.lasting(label, "the file is empty; a CSV file starts with a line of column names");
        }
        String[] names = rows.nextValue();
        if (names.length > 0 && names[0].startsWith("\uFEFF")) {
            names[0] = names[0].substring(1);
        }
        return List.of(names);
    }

    private List<Kind> kinds(MappingIterator<String[]> rows) throws IOException, DatasetException {
        var seen = new ArrayList<@Nullable Kind>(
                columns.stream().map(_ -> (Kind) null).toList());
        boolean[] gaps = new boolean[columns.size()];
        while (rows.hasNextValue()) {
            long line = rows.getCurrentLocation().getLineNr();
            String[] cells = rows.nextValue();
            if (cells.length > columns.size()) {
                throw DatasetException.lasting(
                        label + ":" + line,
                        "the row has " + cells.length + " cells, the header has " + columns.size() + " columns");
            }
            for (int i = 0; i < columns.size(); i++) {
                if (i >= cells.length || MISSING.contains(cells[i])) {
                    gaps[i] = true;
                } else {
                    seen.set(i, wider(seen.get(i), kind(cells[i])));
                }
            }
        }
        var kinds = new ArrayList<Kind>();
        for (int i = 0; i < seen.size(); i++) {
            Kind kind = seen.get(i) == null ? Kind.TEXT : seen.get(i);
            // a column of numbers with gaps becomes one of fractions there
            kinds.add(kind == Kind.WHOLE && gaps[i] ? Kind.FRACTION : kind);
        }
        return kinds;
    }

    private static Kind kind(String cell) {
        if (WHOLE.matcher(cell).matches()) {
            return Kind.WHOLE;
        }
        if (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false")) {
            return Kind.BOOLEAN;
        }
        return FRACTION.matcher(cell).matches() ? Kind.FRACTION : Kind.TEXT;
    }

    private static Kind wider(@Nullable Kind known, Kind seen) {
        if (known == null || known == seen) {
            return seen;
        }
        boolean numbers = known != Kind.BOOLEAN && known != Kind.TEXT && seen != Kind.BOOLEAN && seen != Kind.TEXT;
        return numbers ? Kind.FRACTION : Kind.TEXT;
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
                values.put(columns.get(i), i < cells.length ? typed(cells[i], kinds.get(i)) : null);
            }
            return new Document(values, line);
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (IOException e) {
            throw DatasetException.lasting(label, "cannot be read: " + e.getMessage());
        }
    }

    private static @Nullable Object typed(String cell, Kind kind) {
        if (MISSING.contains(cell)) {
            return null;
        }
        return switch (kind) {
            case WHOLE -> Long.parseLong(cell);
            case FRACTION -> Double.parseDouble(cell);
            case BOOLEAN -> cell.equalsIgnoreCase("true");
            case TEXT -> cell;
        };
    }

    private DatasetException broken(JsonProcessingException e) {
        long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return DatasetException.lasting(label + ":" + line, "broken CSV: " + e.getOriginalMessage());
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
