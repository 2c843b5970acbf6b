package dev.evalfleet.producer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateTest {

    /// What jinja2 made of a template; `text` is null where it raised an error.
    record Golden(String template, Map<String, Object> document, @Nullable String text) {
        @Override
        public String toString() {
            return template;
        }
    }

    static Stream<Golden> goldens() throws IOException {
        try (var in = TemplateTest.class.getResourceAsStream("/golden/templates.jsonl")) {
            String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(lines.split("\n", -1))
                    .filter(line -> !line.isEmpty())
                    .map(TemplateTest::golden);
        }
    }

    @SuppressWarnings("unchecked") // the golden file is ours
    private static Golden golden(String line) {
        try {
            var golden = (Map<String, Object>) Objects.requireNonNull(JsonValues.parse(line));
            return new Golden(
                    (String) Objects.requireNonNull(golden.get("template")),
                    (Map<String, Object>) Objects.requireNonNull(golden.get("doc")),
                    (String) golden.get("text"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersTheBytesThatJinja2Renders(Golden golden) {
        if (golden.text() == null) {
            assertThatThrownBy(() -> Template.parse(golden.template()).render(golden.document()))
                    .isInstanceOf(TemplateException.class);
        } else {
            assertThat(Template.parse(golden.template()).render(golden.document()))
                    .isEqualTo(golden.text());
        }
    }

    @Test
    void aMissingFieldIsNamedWithTheFieldsThereAre() {
        assertThatThrownBy(() -> Template.parse("Q: {{ questoin }}").render(Map.of("question", "x")))
                .hasMessage(
                        "UndefinedError: 'questoin' is undefined (there are question) in template \"Q: {{ questoin }}\"");
        assertThatThrownBy(() -> Template.parse("{{ doc.txt }}").render(Map.of("doc", Map.of("text", "x"))))
                .hasMessageContaining("'dict object' has no attribute 'txt' (it has text)");
    }

    @Test
    void aBrokenTemplateIsRefusedWithTheLine() {
        assertThatThrownBy(() -> Template.parse("one\ntwo {{ 1 + }}"))
                .hasMessage("template line 2: expected an expression, found '}}'");
        assertThatThrownBy(() -> Template.parse("{% include 'x' %}"))
                .hasMessage("template line 1: block {% include %} is not supported");
    }

    @Test
    void aSingleExpressionKeepsItsType() {
        Map<String, Object> document = Map.of("choices", List.of("a", "b"), "label", 1L);

        assertThat(Template.parse("{{ choices }}").evaluate(document)).isEqualTo(List.of("a", "b"));
        assertThat(Template.parse("{{ label + 1 }}").evaluate(document)).isEqualTo(2L);
        assertThat(Template.parse("{{ label }}.").evaluate(document)).isEqualTo("1.");
    }

    @Test
    void nothingOfJavaCanBeReached() {
        for (String attack : List.of(
                "{{ ''.getClass() }}",
                "{{ ''.class }}",
                "{{ x.getClass().forName('java.lang.Runtime') }}",
                "{{ ''.__class__ }}",
                "{{ range.__globals__ }}")) {
            assertThatThrownBy(() -> Template.parse(attack).render(Map.of("x", "y")))
                    .as(attack)
                    .isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void aTemplateThatGrowsWithoutEndIsStopped() {
        assertThatThrownBy(() -> Template.parse("{{ 'a' * 999999999 * 999 }}").render(Map.of()))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> Template.parse("{{ range(99999999)|list }}").render(Map.of()))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> Template.parse("{{ 9 ** 99999999 }}").render(Map.of()))
                .isInstanceOf(TemplateException.class);
    }

    @Test
    void theColumnsATemplateCannotDoWithoutAreKnown() {
        assertThat(Template.parse("{{a}} {{b.x|upper}} {{c[0] ~ d}}{% if e %}{{f}}{% endif %}{{g|default('')}}")
                        .printedNames())
                .containsExactly("a", "b", "c", "d");
        assertThat(Template.parse("{% set x = a %}{{ x }}{{ range(3) }}").printedNames())
                .isEmpty();
    }
}
