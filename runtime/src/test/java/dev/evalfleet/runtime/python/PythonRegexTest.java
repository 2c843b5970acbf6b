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

    @Test
    void splittingCountsTheEmptyPartsAtTheEnds() {
        assertThat(PythonRegex.compile("\\s+").countSplits(" a  b ")).isEqualTo(4);
    }
}
