package dev.evalfleet.producer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The templates of lm-eval's tasks without Python, rendered by jinja2 (make_template_golden.py) and here.
@SuppressWarnings("NullAway") // what is read here is as its maker writes it
class TemplateGoldenTest {

    @Test
    void everyTemplateRendersAsJinja2RendersIt() throws IOException {
        var differences = new ArrayList<String>();
        for (Map<?, ?> golden : cases()) {
            List<?> documents = (List<?>) golden.get("documents");
            for (int i = 0; i < documents.size(); i++) {
                String rendered = rendered((String) golden.get("template"), document(documents.get(i)));
                Object expected = ((List<?>) golden.get("rendered")).get(i);
                if (!rendered.equals(expected)) {
                    differences.add(golden.get("task") + ": " + golden.get("template") + "\n  document "
                            + documents.get(i) + "\n  expected " + expected + "\n  rendered " + rendered);
                }
            }
        }

        assertThat(differences).isEmpty();
    }

    @Test
    void aColumnThatIsNotThereIsNamed() throws IOException {
        for (Map<?, ?> golden : cases()) {
            if (golden.get("missing") instanceof String missing) {
                Map<String, @Nullable Object> document = document(((List<?>) golden.get("documents")).getFirst());
                document.remove(missing);

                assertThatThrownBy(() ->
                                Template.parse((String) golden.get("template")).render(document))
                        .as(String.valueOf(golden.get("template")))
                        .isInstanceOf(TemplateException.class)
                        .hasMessageContaining("'" + missing + "' is undefined");
            }
        }
    }

    private static String rendered(String template, Map<String, @Nullable Object> document) {
        try {
            return Template.parse(template).render(document);
        } catch (TemplateException e) {
            return "ERROR " + e.getMessage();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> document(@Nullable Object document) {
        return new LinkedHashMap<>((Map<String, @Nullable Object>) Objects.requireNonNull(document));
    }

    private static List<Map<?, ?>> cases() throws IOException {
        String given = System.getProperty("golden.templates");
        try (InputStream file = given != null
                        ? Files.newInputStream(Path.of(given))
                        : Objects.requireNonNull(
                                TemplateGoldenTest.class.getResourceAsStream("/lm-eval/templates.json.gz"));
                InputStream json = new GZIPInputStream(file)) {
            Map<?, ?> golden = (Map<?, ?>)
                    Objects.requireNonNull(JsonValues.parse(new String(json.readAllBytes(), StandardCharsets.UTF_8)));
            var cases = new ArrayList<Map<?, ?>>();
            ((List<?>) golden.get("cases")).forEach(one -> cases.add((Map<?, ?>) one));
            return cases;
        }
    }
}
