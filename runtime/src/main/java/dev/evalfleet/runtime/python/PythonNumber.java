package dev.evalfleet.runtime.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Numbers as Python reads and writes them.
public final class PythonNumber {
    private static final Pattern REAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");
    private static final Pattern GROUPING = Pattern.compile("(?<=\\d)_(?=\\d)");
    private static final int LONGEST = 4_300; // digits Python's int() takes

    private PythonNumber() {}

    /// `float(text)`, of a text without white space at its ends; empty where Python raises ValueError.
    public static OptionalDouble real(String text) {
        String number = plain(text).toLowerCase(Locale.ROOT);
        return switch (number.replaceFirst("^[+-]", "")) {
            case "inf", "infinity" ->
                OptionalDouble.of(number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
            case "nan" -> OptionalDouble.of(Double.NaN);
            default ->
                REAL.matcher(number).matches() ? OptionalDouble.of(Double.parseDouble(number)) : OptionalDouble.empty();
        };
    }

    /// `int(text)`, of a text without white space at its ends; empty where Python raises ValueError.
    public static Optional<BigInteger> whole(String text) {
        String number = plain(text);
        boolean readable = WHOLE.matcher(number).matches() && number.length() <= LONGEST;
        return readable ? Optional.of(new BigInteger(number)) : Optional.empty();
    }

    /// `repr(value)`: the shortest text that reads back as the same double; an exponent outside 1e-4 and 1e16.
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(value);
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + power;
        }
        String plain = shortest.abs().toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    // Java writes two digits at least, and so 4.9E-324 for what Python writes as 5e-324.
    private static BigDecimal shortest(double value) {
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (digits.precision() == 2) {
            BigDecimal shorter = digits.round(new MathContext(1));
            return shorter.doubleValue() == value ? shorter.stripTrailingZeros() : digits;
        }
        return digits;
    }

    // Digits of any script are digits, and an underscore may stand between two.
    private static String plain(String text) {
        var ascii = new StringBuilder();
        text.codePoints().forEach(point -> {
            int digit = Character.isDigit(point) ? Character.digit(point, 10) : -1;
            ascii.appendCodePoint(digit < 0 ? point : '0' + digit);
        });
        return GROUPING.matcher(ascii).replaceAll("");
    }
}
