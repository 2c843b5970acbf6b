package dev.evalfleet.producer.dataset.format;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One column of a CSV file: learns its type from all of its cells, as pandas does, and then gives their values.
final class CsvColumn {
    private static final Set<String> MISSING_WORDS = Set.of(
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
    private static final Set<String> TRUE = Set.of("True", "TRUE", "true");
    private static final Set<String> FALSE = Set.of("False", "FALSE", "false");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,20}");
    private static final Pattern FRACTION =
            Pattern.compile("[+-]?((\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|(?i:inf|infinity))");
    private static final BigInteger UNSIGNED_END = BigInteger.TWO.pow(64);

    private enum Kind {
        UNSEEN,
        WHOLE,
        UNSIGNED,
        FRACTION,
        BOOLEAN,
        TEXT
    }

    private final String name;
    private final boolean missingWords;
    private Kind kind = Kind.UNSEEN;
    private boolean gaps;
    private boolean negative;

    CsvColumn(String name, boolean missingWords) {
        this.name = name;
        this.missingWords = missingWords;
    }

    String name() {
        return name;
    }

    void learn(@Nullable String cell) {
        if (cell == null || isMissing(cell)) {
            gaps = true;
        } else if (kind != Kind.TEXT) {
            kind = wider(kind, kind(cell));
            negative = negative || cell.stripLeading().startsWith("-");
            if (kind == Kind.UNSIGNED && negative) {
                kind = Kind.TEXT;
            }
        }
    }

    private boolean isMissing(String cell) {
        return missingWords && (cell.isEmpty() || MISSING_WORDS.contains(cell));
    }

    private static Kind kind(String cell) {
        String number = cell.strip();
        if (WHOLE.matcher(number).matches()) {
            BigInteger value = new BigInteger(number);
            return value.bitLength() < 64
                    ? Kind.WHOLE
                    : value.signum() > 0 && value.compareTo(UNSIGNED_END) < 0 ? Kind.UNSIGNED : Kind.TEXT;
        }
        if (FRACTION.matcher(number).matches()) {
            return Kind.FRACTION;
        }
        return TRUE.contains(cell) || FALSE.contains(cell) ? Kind.BOOLEAN : Kind.TEXT;
    }

    private static Kind wider(Kind known, Kind seen) {
        if (known == Kind.UNSEEN || known == seen) {
            return seen;
        }
        if (known == Kind.BOOLEAN || seen == Kind.BOOLEAN || seen == Kind.TEXT) {
            return Kind.TEXT;
        }
        return known == Kind.FRACTION || seen == Kind.FRACTION ? Kind.FRACTION : Kind.UNSIGNED;
    }

    @Nullable
    Object value(@Nullable String cell) {
        if (cell == null || isMissing(cell)) {
            return null;
        }
        return switch (kind) {
            // pandas has no gaps among whole numbers, so they become fractions
            case WHOLE, UNSIGNED -> gaps ? (Object) fraction(cell) : whole(cell);
            case FRACTION -> fraction(cell);
            case BOOLEAN -> TRUE.contains(cell);
            case TEXT, UNSEEN -> cell;
        };
    }

    private static Object whole(String cell) {
        var number = new BigInteger(cell.strip());
        return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }

    private static double fraction(String cell) {
        String number = cell.strip();
        char last = Character.toLowerCase(number.charAt(number.length() - 1));
        if (last == 'f' || last == 'y') {
            return number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return Double.parseDouble(number);
    }
}
