package dev.evalfleet.worker.inference.djl.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.djl.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tokenizer with one token for each byte, which puts `<s>` (256) before every text.
class ModelTokenizerTest {

    private static final long START = 256;

    private ModelTokenizer tokenizer;
    private ModelConfig config;

    @BeforeEach
    void open() throws Exception {
        Path path = TestModels.made("bytes");
        var folder = new ModelFolder(path, path);
        tokenizer = ModelTokenizer.open(folder);
        config = ModelConfig.read(folder, tokenizer);
        tokenizer.startsWith(config.startToken());
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void theTokenizersOwnConfigurationNamesStartAndEnd() {
        assertThat(config.startToken()).isEqualTo(START);
        assertThat(config.endTokens()).containsExactly(START + 1);
        assertThat(config.chatTemplate()).isTrue();
    }

    @Test
    void theStartTokenIsAddedOnce() {
        assertThat(tokenizer.encode("ab")).hasSize(3).startsWith(START);
        assertThat(tokenizer.encode("<s>ab")).isEqualTo(tokenizer.encode("ab"));
        assertThat(tokenizer.decode(tokenizer.encode("ab"))).isEqualTo("ab");
    }

    @Test
    void longTextsAreNotCut() {
        assertThat(tokenizer.encode("a".repeat(5000))).hasSize(5001);
    }

    @Test
    void whitespaceAtTheEndOfTheContextBelongsToTheContinuation() {
        TokenSplit split = tokenizer.split(new Question("ab \n", "c"));

        assertThat(split.contextLength()).isEqualTo(3);
        assertThat(tokenizer.decode(split.continuation())).isEqualTo(" \nc");
        assertThat(split.input(100)).hasSize(5);
        assertThat(split.input(2)).hasSize(2);
    }

    @Test
    void anEmptyContextIsTheStartToken() {
        assertThat(tokenizer.split(new Question("", "ab")).input(9)).hasSize(2).startsWith(START);
        assertThat(tokenizer.split(new Question("", "<s>ab")).input(9))
                .hasSize(2)
                .startsWith(START);
        assertThat(tokenizer.split(new Question(" ", "ab")).continuation()).hasSize(3);
    }

    @Test
    void whereATokenLiesAcrossTheBorderTheContextKeepsItsOwn(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                """
                {"version": "1.0", "added_tokens": [], "decoder": {"type": "Fuse"},
                 "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "bc": 4}, "merges": ["b c"]}}
                """);
        try (ModelTokenizer merging = ModelTokenizer.open(new ModelFolder(folder, folder))) {
            TokenSplit split = merging.split(new Question("ab", "cd"));

            assertThat(merging.encode("abcd")).containsExactly(0, 4, 3);
            assertThat(split.input(9)).containsExactly(0, 1);
            assertThat(split.continuation()).containsExactly(3);
        }
    }

    @Test
    void onlySpecialTokensAreStopTokens() {
        assertThat(tokenizer.special("</s>")).isEqualTo(START + 1);
        assertThat(tokenizer.special("a")).isNegative();
        assertThat(tokenizer.special("ab")).isNegative();
    }

    @Test
    void windowsPredictEveryTokenOnce() {
        for (int length = 1; length < 40; length++) {
            String text =
                    "abcdefghijklmnopqrstuvwxyz".substring(0, length % 26 + 1).repeat(2);
            List<Long> predicted = new ArrayList<>();
            for (TokenSplit window : tokenizer.windows(text, 7)) {
                assertThat(window.input(100).length).isLessThanOrEqualTo(7);
                assertThat(window.contextLength()).isPositive();
                for (long token : window.continuation()) {
                    predicted.add(token);
                }
            }
            long[] all = tokenizer.encode(text);
            assertThat(predicted.stream().mapToLong(Long::longValue).toArray()).isEqualTo(all);
        }
    }

    @Test
    void aStopStringOfSeveralTokensIsSeenWhenItsLastTokenComes() {
        var text = new EmergingText(tokenizer, List.of("\n\n", "é!"));
        long[] tokens = tokenizer.encode("<s>née! x");
        List<Boolean> stopped = new ArrayList<>();
        for (int i = 1; i < tokens.length; i++) {
            stopped.add(text.add(tokens[i]));
        }

        assertThat(stopped).containsExactly(false, false, false, false, false, false, false);
        assertThat(text.text()).isEqualTo("née! x");
    }

    @Test
    void aStopStringMayStartInTheMiddleOfACharactersTokens() {
        var text = new EmergingText(tokenizer, List.of("\n\n", "é!"));
        long[] tokens = tokenizer.encode("<s>né!x");
        boolean[] stopped = new boolean[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            stopped[i] = text.add(tokens[i]);
        }

        // n, two bytes of é, !, x
        assertThat(stopped).containsExactly(false, false, false, false, true, false);
        assertThat(text.text()).isEqualTo("n");
    }
}
