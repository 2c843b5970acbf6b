package dev.evalfleet.producer.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.yaml.PythonFunction;
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
import org.junit.jupiter.api.io.TempDir;

/// What lm-eval's own functions made of synthetic documents in Python (make_function_golden.py), and what is made here.
@SuppressWarnings("NullAway") // what is read here is as its maker writes it
class FunctionGoldenTest {
    @TempDir
    Path folder;

    @Test
    void functionsOfLmEvalGiveWhatPythonGave() throws IOException {
        Map<?, ?> golden = golden();
        for (Map.Entry<?, ?> source : ((Map<?, ?>) golden.get("sources")).entrySet()) {
            Path file = folder.resolve((String) source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, (String) source.getValue());
        }
        var differences = new ArrayList<String>();
        int same = 0;
        for (Object one : (List<?>) golden.get("cases")) {
            Map<?, ?> wanted = (Map<?, ?>) one;
            String difference = difference(wanted);
            if (difference == null) {
                same++;
            } else {
                differences.add(wanted.get("file") + " " + wanted.get("name") + ": " + difference);
            }
        }

        assertThat(differences).as(same + " functions agree").isEmpty();
    }

    private Map<?, ?> golden() throws IOException {
        String given = System.getProperty("golden.functions");
        try (InputStream file = given != null
                        ? Files.newInputStream(Path.of(given))
                        : Objects.requireNonNull(getClass().getResourceAsStream("/lm-eval/functions.json.gz"));
                InputStream json = new GZIPInputStream(file)) {
            return (Map<?, ?>) JsonValues.parse(new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private @Nullable String difference(Map<?, ?> wanted) {
        String file = (String) wanted.get("file");
        String yaml = folder.resolve(file).resolveSibling("task.yaml").toString();
        String module = Path.of(file).getFileName().toString().replace(".py", "");
        ScriptFunction function;
        try {
            function = ScriptFunction.of(new PythonFunction(module + "." + wanted.get("name"), yaml));
        } catch (ScriptException e) {
            return "REFUSED " + e.getMessage();
        }
        try {
            String made = JsonValues.text(made(function, wanted));
            String expected = JsonValues.text(wanted.get("output"));
            return wanted.containsKey("error")
                    ? "Python raised " + wanted.get("error") + ", here it gives " + made
                    : made.equals(expected) ? null : "\n  expected " + expected + "\n  made     " + made;
        } catch (ScriptException e) {
            return wanted.containsKey("error") ? null : String.valueOf(e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static Object made(ScriptFunction function, Map<?, ?> wanted) {
        var input = new ArrayList<Map<String, @Nullable Object>>();
        ((List<?>) wanted.get("input"))
                .forEach(document -> input.add(new LinkedHashMap<>((Map<String, @Nullable Object>) document)));
        var output = new ArrayList<@Nullable Object>();
        if ("process_docs".equals(wanted.get("key"))) {
            function.documents(input::iterator).forEachRemaining(output::add);
        } else {
            input.forEach(document -> output.add(function.call(document)));
        }
        return output;
    }
}
