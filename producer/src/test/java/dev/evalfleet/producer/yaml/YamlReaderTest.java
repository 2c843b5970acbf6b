package dev.evalfleet.producer.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class YamlReaderTest {

    private static @Nullable Object value(String yaml) {
        return YamlReader.parse("v: " + yaml, "x.yaml").get("v");
    }

    @Test
    void plainScalarsMeanWhatTheyMeanToPyYaml() {
        assertThat(value("[yes, No, on, OFF, true, y, n]"))
                .isEqualTo(List.of(true, false, true, false, true, "y", "n"));
        assertThat(value("[1, -2, 0x1F, 017, 1_000, 0b11, 08]")).isEqualTo(List.of(1L, -2L, 31L, 15L, 1000L, 3L, "08"));
        assertThat(value("[1.5, .5, 1., 1e5, 1.0e+3, 1.0e3]"))
                .isEqualTo(List.of(1.5, 0.5, 1.0, "1e5", 1000.0, "1.0e3"));
        assertThat(value("[~, null, Null, '', 'null', text]"))
                .isEqualTo(Arrays.asList(null, null, null, "", "null", "text"));
        assertThat(value("[.inf, -.INF]")).isEqualTo(List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    }

    @Test
    void blockTextAnchorsAndMergesAreRead() {
        Config config = YamlReader.parse(
                """
                base: &base {a: 1, b: 2}
                own:
                  <<: *base
                  b: 3
                text: |
                  line one
                  line two
                folded: >-
                  one
                  two
                """,
                "x.yaml");

        assertThat(config.get("own")).isEqualTo(Map.of("a", 1L, "b", 3L));
        assertThat(config.get("text")).isEqualTo("line one\nline two\n");
        assertThat(config.get("folded")).isEqualTo("one two");
    }

    @Test
    void separatorsMayBeEscaped() {
        Config config = YamlReader.parse("é: 😀\na: \"x\\Ly\\Pz\\\\L\" # \\L\nb: '\\L'\nc: \\P\n", "t.yaml");

        assertThat(config.get("a")).isEqualTo("x\u2028y\u2029z\\L");
        assertThat(config.get("b")).isEqualTo("\\L");
        assertThat(config.get("c")).isEqualTo("\\P");
        assertThatThrownBy(() -> YamlReader.parse("a: \"\\q\"", "t.yaml")).hasMessageContaining("escape");
    }

    @Test
    void functionsAreValues() {
        assertThat(value("!function utils.process_docs")).isEqualTo(new PythonFunction("utils.process_docs", "x.yaml"));
    }

    @Test
    void everyValueKnowsItsLine() {
        Config config = YamlReader.parse("a: 1\nlist:\n  - name: x\n    size: 2\n", "x.yaml");

        assertThat(config.where("list[0].size")).isEqualTo("x.yaml:4 list[0].size");
        assertThat(config.where("list[0].nowhere")).isEqualTo("x.yaml:3 list[0].nowhere");
        assertThat(config.where("nowhere")).isEqualTo("x.yaml nowhere");
    }

    @Test
    void brokenYamlNamesFileAndLine() {
        assertThatThrownBy(() -> YamlReader.parse("a: 1\nb: [1, 2\nc: 3\n", "x.yaml"))
                .isInstanceOf(YamlException.class)
                .hasMessageStartingWith("x.yaml:3: broken YAML");
        assertThatThrownBy(() -> YamlReader.parse("- a\n", "x.yaml"))
                .hasMessage("x.yaml:1: a task file is a mapping of keys to values");
        assertThatThrownBy(() -> YamlReader.parse("a: !other x\n", "x.yaml"))
                .hasMessage("x.yaml:1 a: unknown tag !other");
    }

    @Test
    void aliasesCannotGrowWithoutEnd() {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }

        assertThatThrownBy(() -> YamlReader.parse(yaml.toString(), "x.yaml")).isInstanceOf(YamlException.class);
    }
}
