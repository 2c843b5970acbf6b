package dev.evalfleet.runtime.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonRegexTest {

    @Test
    void aPatternThatWouldTakeYearsIsStopped() {
        PythonRegex catastrophic = PythonRegex.compile("(.*a){20}b", Duration.ofMillis(50));

        assertThatThrownBy(() -> catastrophic.findAll("a".repeat(60) + "!"))
                .isInstanceOf(RegexException.class)
                .hasMessageContaining("took more than 50 ms")
                .hasMessageContaining("61 characters");
    }

    @Test
    void aPatternThatNestsTooDeeplyIsRefusedNotFatal() {
        PythonRegex nesting = PythonRegex.compile("(a|b)*c", Duration.ofSeconds(20));

        assertThatThrownBy(() -> nesting.findAll("ab".repeat(1_000_000)))
                .isInstanceOf(RegexException.class)
                .hasMessageContaining("nests too deeply");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[a", "a\\", "(?P<n>a", "(?P=m)", "(?(1)a|b)", "\\Q", "*"})
    void aPatternPythonRefusesIsRefusedWithItsText(String pattern) {
        assertThatThrownBy(() -> PythonRegex.compile(pattern))
                .isInstanceOf(RegexException.class)
                .hasMessageContaining(pattern);
    }

    /// No character is read meanwhile, so nobody would notice how long it takes.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(){2000000000}",
                "(?:(?:){50000}){50000}x",
                "(?:^){2000000000}x",
                "^{2000000000}x",
                "(?:(?=)){2000000000,}x",
                "()\\1{2000000000}",
                "(?P<n>)(?P=n){99999999999999999999}"
            })
    void whatRepeatsForAgesWithoutReadingIsRefused(String pattern) {
        assertThatThrownBy(() -> PythonRegex.compile(pattern))
                .isInstanceOf(RegexException.class)
                .hasMessageContaining("multiply to more than 100000 repetitions");
    }

    @Test
    void aPatternOfManyPagesIsRefused() {
        assertThatThrownBy(() -> PythonRegex.compile("x".repeat(2_000_000)))
                .isInstanceOf(RegexException.class)
                .hasMessageStartingWith("a pattern of 2000000 characters; it may have 20000");
    }

    @Test
    void ordinaryRepetitionsAreNotCounted() {
        assertThat(PythonRegex.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                        .findAll("123e4567-e89b-12d3-a456-426614174000"))
                .hasSize(1);
        assertThat(PythonRegex.compile("(?:\\w{0,50000} ){2}").findAll("ab cd "))
                .hasSize(1);
    }

    @Test
    void splittingCountsTheEmptyPartsAtTheEnds() {
        assertThat(PythonRegex.compile("\\s+").countSplits(" a  b ")).isEqualTo(4);
    }
}
