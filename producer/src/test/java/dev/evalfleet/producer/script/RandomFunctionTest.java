package dev.evalfleet.producer.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.yaml.PythonFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Draws of a task's functions; what is expected is what CPython 3.11 draws.
class RandomFunctionTest {
    @TempDir
    Path folder;

    @Test
    void aGeneratorMayBeSeededWithText() throws IOException {
        assertThat(
                        drawn(
                                """
                import random

                def draw(doc):
                    items = [0, 1, 2, 3, 4, 5, 6]
                    random.Random(doc["name"]).shuffle(items)
                    return items
                """))
                .isEqualTo(List.of(5L, 3L, 6L, 1L, 2L, 4L, 0L));
    }

    @Test
    void aChoiceIsDrawnAsPythonDrawsIt() throws IOException {
        assertThat(
                        drawn(
                                """
                import random

                def draw(doc):
                    rnd = random.Random(5)
                    return "".join([rnd.choice("abcdefg") for i in range(8)])
                """))
                .isEqualTo("ecfcgfgf");
    }

    private @Nullable Object drawn(String python) throws IOException {
        Files.writeString(folder.resolve("utils.py"), python);
        String yaml = folder.resolve("task.yaml").toString();
        return ScriptFunction.of(new PythonFunction("utils.draw", yaml)).call(Map.of("name", "walk the dog"));
    }
}
