package dev.evalfleet.producer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.producer.yaml.YamlReader;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Templates and YAML from a request must end, and must not take the producer's memory.
@Timeout(60)
class TemplateLimitsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a * b %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=9) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
                "{% for i in range(99999) %}{{ 'a' * 100000 }}{% endfor %}",
                "{{ ('a' * 9999999) | replace('a', 'a' * 9999999) }}",
                "{{ ('a' * 80) | regex_replace('(.*a){20}b', 'x') }}",
            })
    void aTemplateThatWouldNotEndIsStopped(String template) {
        assertThatThrownBy(() -> Template.parse(template).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("in template");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(|1|)", "-|1|", "not |1|", "[|1|]", "|a|[0]", "|1|+1"})
    void anExpressionThatIsNestedTooDeeplyIsRefused(String parts) {
        String[] part = parts.split("\\|", 3);
        String template = "{{ " + part[0].repeat(100_000) + part[1] + part[2].repeat(100_000) + " }}";

        assertThatThrownBy(() -> Template.parse(template).render(Map.of("a", 1)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void blocksThatAreNestedTooDeeplyAreRefused() {
        String template = "{% if 1 %}".repeat(100_000) + "{% endif %}".repeat(100_000);

        assertThatThrownBy(() -> Template.parse(template).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void groupsOfAPatternStillStandInTheReplacement() {
        assertThat(Template.parse("{{ 'ab-12' | regex_replace('([a-z]+)-(\\\\d+)', '\\\\2 $ \\\\1') }}")
                        .render(Map.of()))
                .isEqualTo("12 $ ab");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aliasesThatGrowWithoutEndAreRefused(String yaml) {
        assertThatThrownBy(() -> YamlReader.parse(yaml, "bomb.yaml"))
                .isInstanceOf(YamlException.class)
                .hasMessageContaining("bomb.yaml");
    }

    static Stream<String> bombs() {
        return Stream.of("a: &a [*a]\n<<: *a\n", laughs("x", "last"), laughs("[]", "<<"));
    }

    // Each list is ten times the one before it.
    private static String laughs(String first, String last) {
        StringBuilder yaml = new StringBuilder("n0: &n0 " + first + "\n");
        for (int i = 1; i <= 7; i++) {
            String ten = String.join(", ", Collections.nCopies(10, "*n" + (i - 1)));
            yaml.append("n%d: &n%d [%s]%n".formatted(i, i, ten));
        }
        return yaml.append(last).append(": [*n7, *n7]\n").toString();
    }
}
