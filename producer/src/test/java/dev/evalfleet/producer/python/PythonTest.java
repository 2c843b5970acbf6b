package dev.evalfleet.producer.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PythonTest {

    @Test
    void floatsPrintAsTheShortestTextThatReadsBack() {
        assertThat(
                        List.of(
                                        0.1,
                                        1.0,
                                        1e16,
                                        1e15,
                                        1e-4,
                                        1e-5,
                                        123456789.123,
                                        Double.MIN_VALUE,
                                        1.7976931348623157e308)
                                .stream()
                                .map(Python::str))
                .containsExactly(
                        "0.1",
                        "1.0",
                        "1e+16",
                        "1000000000000000.0",
                        "0.0001",
                        "1e-05",
                        "123456789.123",
                        "5e-324",
                        "1.7976931348623157e+308");
        assertThat(Python.str(Double.NaN)).isEqualTo("nan");
        assertThat(Python.str(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    }

    @Test
    void textsAreQuotedAsPythonQuotesThem() {
        assertThat(Python.repr("it's")).isEqualTo("\"it's\"");
        assertThat(Python.repr("both ' and \"")).isEqualTo("'both \\' and \"'");
        assertThat(Python.repr("é\u200b\u00a0\n😀")).isEqualTo("'é\\u200b\\xa0\\n😀'");
    }

    @Test
    void literalsAreReadBack() {
        for (String literal : List.of(
                "['a', \"it's\", 1, -2.5, None, True]",
                "{'a': [1, 2], 'b': ('x',)}",
                "()",
                "(1, 2)",
                "[]",
                "'\\n\\x41\\u00e9'")) {
            Object value = PythonLiteral.parse(literal);
            assertThat(PythonLiteral.parse(Python.repr(value))).as(literal).isEqualTo(value);
        }
        assertThat(PythonLiteral.parse("['a' 'b', (1)]")).isEqualTo(List.of("ab", 1L));
        assertThat(PythonLiteral.parse("123456789012345678901234567890"))
                .isEqualTo(new BigInteger("123456789012345678901234567890"));
    }

    @Test
    void whatIsNoLiteralIsRefused() {
        for (String text : List.of("", "[1", "a", "['a'", "1 2", "[a]", "open('x')", "{1: 2, 3}", "007", "['x\ny']")) {
            assertThatThrownBy(() -> PythonLiteral.parse(text)).as(text).isInstanceOf(PythonException.class);
        }
    }

    @Test
    void numbersOfDifferentTypesAreEqualAndTextIsNever() {
        assertThat(Python.equal(1L, 1.0)).isTrue();
        assertThat(Python.equal(true, 1L)).isTrue();
        assertThat(Python.equal("1", 1L)).isFalse();
        assertThat(Python.equal(Double.NaN, Double.NaN)).isFalse();
        assertThat(Python.equal(Map.of("a", 1L), Map.of("a", 1.0))).isTrue();
        assertThat(Python.equal(new Tuple(Arrays.asList(1L, null)), Arrays.asList(1L, null)))
                .isFalse();
    }

    @Test
    void positionsCountCodePoints() {
        assertThat(Python.length("😀a")).isEqualTo(2);
        assertThat(Indexing.item("😀a", 1L)).isEqualTo("a");
        assertThat(Indexing.slice("a😀b", 1L, 2L, null)).isEqualTo("😀");
        assertThat(Python.items("😀a")).containsExactly("😀", "a");
    }
}
