package dev.evalfleet.local.harness;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// An array of numbers as NumPy prints it: eight digits behind the point at most, all with exponents where they are far
/// apart, and no line above 75 letters.
final class NumpyText {
    private static final int DIGITS = 8;
    private static final int WIDTH = 74;

    private NumpyText() {}

    static String of(double[] values) {
        return wrapped(hasExponents(values) ? withExponents(values) : plain(values));
    }

    private static boolean hasExponents(double[] values) {
        double[] sizes =
                Arrays.stream(values).map(Math::abs).filter(size -> size > 0).toArray();
        double largest = Arrays.stream(sizes).max().orElse(1);
        double smallest = Arrays.stream(sizes).min().orElse(1);
        return largest >= 1e8 || smallest < 0.0001 || largest / smallest > 1000;
    }

    private static List<String> withExponents(double[] values) {
        int digits = Arrays.stream(values)
                .mapToInt(value -> Math.max(0, rounded(value).precision() - 1))
                .max()
                .orElse(0);
        int exponent = Arrays.stream(values)
                .map(value -> Math.abs(exponent(rounded(value))))
                .mapToInt(size -> size >= 100 ? 3 : 2)
                .max()
                .orElse(2);
        return Arrays.stream(values)
                .mapToObj(value -> withExponent(rounded(value), digits, exponent))
                .toList();
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(value)
                .round(new MathContext(DIGITS + 1, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }

    private static int exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - value.scale() - 1;
    }

    private static String withExponent(BigDecimal value, int digits, int exponentDigits) {
        int exponent = exponent(value);
        String mantissa = value.scaleByPowerOfTen(-exponent).setScale(digits).toPlainString();
        String format = "%s%se%s%0" + exponentDigits + "d";
        return String.format(
                Locale.ROOT, format, mantissa, digits == 0 ? "." : "", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    private static List<String> plain(double[] values) {
        List<String> texts = Arrays.stream(values)
                .mapToObj(value -> new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN))
                .map(value -> value.stripTrailingZeros().scale() <= 0
                        ? value.setScale(0, RoundingMode.HALF_EVEN) + "."
                        : value.stripTrailingZeros().toPlainString())
                .toList();
        int before = texts.stream().mapToInt(text -> text.indexOf('.')).max().orElse(0);
        int behind = texts.stream()
                .mapToInt(text -> text.length() - text.indexOf('.'))
                .max()
                .orElse(0);
        return texts.stream()
                .map(text -> " ".repeat(before - text.indexOf('.'))
                        + text
                        + " ".repeat(behind - text.length() + text.indexOf('.')))
                .toList();
    }

    private static String wrapped(List<String> words) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(" ");
        for (String word : words) {
            if (line.length() + word.length() > WIDTH && line.length() > 1) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(" ");
            }
            line.append(word).append(' ');
        }
        line.setLength(line.length() - 1);
        lines.add(line.toString());
        return "[" + String.join("\n", lines).substring(1) + "]";
    }
}
