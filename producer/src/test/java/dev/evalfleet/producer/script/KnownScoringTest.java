package dev.evalfleet.producer.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.script.run.Function;
import dev.evalfleet.producer.yaml.PythonFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownScoringTest {
    private static final String SCORING =
            """
            def helper(x):
                return x.strip()


            def process_results(doc, results):
                return {"acc": helper(results[0]) == doc["answer"]}
            """;

    @TempDir
    private Path folder;

    @Test
    void aFunctionIsKnownByWhatItSaysAndNotByHow() throws IOException {
        String known = digest(SCORING);

        assertThat(digest("import os\n\n# as before\n" + SCORING + "\n\ndef other():\n    return 1\n"))
                .isEqualTo(known);
        assertThat(digest(SCORING.replace("results[0]", "results[1]"))).isNotEqualTo(known);
    }

    @Test
    void aFunctionThatUsesAnotherIsAnotherWhenThatIsChanged() throws IOException {
        assertThat(digest(SCORING.replace("x.strip()", "x.lower()"))).isNotEqualTo(digest(SCORING));
    }

    @Test
    void aFunctionThatUsesAConstantIsAnotherWhenThatIsChanged() throws IOException {
        String scoring = "import re\nSPACE = re.compile(r'\\s+')\nMARK = '!'\nLIMIT = 3\n\n"
                + SCORING.replace("x.strip()", "SPACE.sub(MARK, x)[:LIMIT]");

        assertThat(digest(scoring.replace("s+", "s*"))).isNotEqualTo(digest(scoring));
        assertThat(digest(scoring.replace("'!'", "'?'"))).isNotEqualTo(digest(scoring));
        assertThat(digest(scoring.replace("= 3", "= 4"))).isNotEqualTo(digest(scoring));
    }

    @Test
    void anUnknownFunctionIsNotKnown() throws IOException {
        Files.writeString(folder.resolve("utils.py"), SCORING);

        assertThat(KnownScoring.of(reference())).isEmpty();
    }

    @Test
    void codeThatNestsTooDeeplyIsRefusedByItsFile() throws IOException {
        Files.writeString(folder.resolve("utils.py"), SCORING + "x = " + "-".repeat(100_000) + "1\n");

        assertThatThrownBy(() -> KnownScoring.of(reference())).hasMessageContaining("utils.py nests too deeply");
        assertThatThrownBy(() -> ScriptFunction.of(reference())).hasMessageContaining("utils.py nests too deeply");
    }

    private String digest(String code) throws IOException {
        Files.writeString(folder.resolve("utils.py"), code);
        return KnownScoring.digest((Function) Objects.requireNonNull(ScriptFunction.find(reference())));
    }

    private PythonFunction reference() {
        return new PythonFunction(
                "utils.process_results", folder.resolve("t.yaml").toString());
    }
}
