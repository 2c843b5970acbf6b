package dev.evalfleet.runtime.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PythonRandomTest {

    static List<JsonNode> goldenDraws() throws IOException {
        try (InputStream json = PythonRandomTest.class.getResourceAsStream("/golden/python_random.json")) {
            JsonNode all = new ObjectMapper().readTree(Objects.requireNonNull(json));
            return StreamSupport.stream(all.spliterator(), false).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("goldenDraws")
    void drawsWhatCPythonDraws(JsonNode golden) {
        PythonRandom random = new PythonRandom(golden.get("seed").asLong());

        golden.get("random").forEach(drawn -> assertThat(random.random()).isEqualTo(drawn.asDouble()));
        golden.get("bits").forEach(drawn -> assertThat(random.bits(drawn.get(0).asInt()))
                .isEqualTo(drawn.get(1).asLong()));
        golden.get("below")
                .forEach(drawn -> assertThat(random.below(drawn.get(0).asLong()))
                        .isEqualTo(drawn.get(1).asLong()));
        assertThat(random.choices(range(1000), 7)).isEqualTo(ints(golden.get("choices")));
        golden.get("sample").forEach(drawn -> assertSample(random, drawn));
        List<Integer> shuffled = range(17);
        random.shuffle(shuffled);
        assertThat(shuffled).isEqualTo(ints(golden.get("shuffle")));
        for (int i = 0; i < 5000; i++) {
            random.random();
        }
        assertThat(random.random()).isEqualTo(golden.get("later").asDouble());
    }

    private static void assertSample(PythonRandom random, JsonNode drawn) {
        int[] sample = random.sample(drawn.get(0).asInt(), drawn.get(1).asInt());
        assertThat(Arrays.stream(sample).limit(8).boxed().toList()).isEqualTo(ints(drawn.get(2)));
    }

    @Test
    void samplesElementsOfAList() {
        assertThat(new PythonRandom(1234).sample(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), 4))
                .containsExactly("h", "b", "a", "j");
    }

    @Test
    void aTextIsASeed() {
        var random = new PythonRandom("It's a “ß” text");

        assertThat(List.of(random.bits(32), random.bits(32), random.bits(32)))
                .containsExactly(3583909283L, 1573838499L, 3194104618L);
        assertThat(random.random()).isEqualTo(0.5881212430293762);
        assertThat(new PythonRandom("").bits(32)).isEqualTo(4124137760L);
    }

    @Test
    void refusesToSampleMoreThanThereIs() {
        assertThatThrownBy(() -> new PythonRandom(0).sample(3, 4)).hasMessage("cannot sample 4 of 3");
    }

    private static List<Integer> range(int size) {
        return new ArrayList<>(IntStream.range(0, size).boxed().toList());
    }

    private static List<Integer> ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}
