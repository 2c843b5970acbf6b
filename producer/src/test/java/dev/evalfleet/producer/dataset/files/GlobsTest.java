package dev.evalfleet.producer.dataset.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobsTest {
    @ParameterizedTest
    @CsvSource({
        "*.json, a.json",
        "data/*.json, data/a.json",
        "**/*.json, a.json data/a.json data/deep/a.json",
        "data/**, data/a.json data/b.csv data/deep/a.json",
        "data/**/*.json, data/a.json data/deep/a.json",
        "data/?.[ac]*, data/b.csv",
        "data/[!a].*, data/b.csv",
        "b[1].txt, b[1].txt",
        "*, a.json b[1].txt",
        "d*p/*, ''",
        "**, a.json data/a.json data/b.csv data/deep/a.json b[1].txt"
    })
    void aPatternMatchesAsDataFilesKnowsIt(String pattern, String expected) {
        List<String> paths = List.of("a.json", "data/a.json", "data/b.csv", "data/deep/a.json", "b[1].txt");

        assertThat(Globs.matching(pattern, paths))
                .containsExactlyElementsOf(Stream.of(expected.split(" "))
                        .filter(path -> !path.isEmpty())
                        .toList());
    }

    @Test
    @Timeout(60)
    void aPatternOfManyWildcardsTakesNoLonger() {
        assertThat(Globs.matching("*a".repeat(200) + "b", List.of("a".repeat(255) + ".json")))
                .isEmpty();
    }
}
