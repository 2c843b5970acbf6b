package dev.evalfleet.worker.inference.djl.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.worker.inference.djl.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each family of models has its own words.
class ModelConfigTest {

    private final Path folder;

    ModelConfigTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private ModelConfig read(String config, String generation) throws Exception {
        Files.copy(TestModels.made("cached").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), config);
        Files.writeString(folder.resolve("generation_config.json"), generation);
        var files = new ModelFolder(folder, folder);
        try (ModelTokenizer tokenizer = ModelTokenizer.open(files)) {
            return ModelConfig.read(files, tokenizer);
        }
    }

    @Test
    void likeGpt2() throws Exception {
        var config = read(
                """
                {"model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "n_ctx": 1024,
                 "bos_token_id": 50256, "eos_token_id": 50256}""",
                "{}");

        assertThat(config).isEqualTo(new ModelConfig(1024, 12, 64, 50256, Set.of(50256L), false));
    }

    @Test
    void likeLlama() throws Exception {
        var config = read(
                """
                {"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8,
                 "head_dim": 128, "max_position_embeddings": 131072, "bos_token_id": 128000, "eos_token_id": 128001}""",
                "{\"eos_token_id\": [128001, 128008, 128009]}");

        assertThat(config).isEqualTo(new ModelConfig(131072, 8, 128, 128000, Set.of(128001L, 128008L, 128009L), false));
    }

    @Test
    void likeGptNeoX() throws Exception {
        var config = read(
                """
                {"model_type": "gpt_neox", "hidden_size": 512, "num_attention_heads": 8,
                 "max_position_embeddings": 2048, "bos_token_id": 0, "eos_token_id": 0}""",
                "{}");

        assertThat(config).isEqualTo(new ModelConfig(2048, 8, 64, 0, Set.of(0L), false));
    }

    @Test
    void likeQwenWhereTheTokenizerHasNoStartToken() throws Exception {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": null, \"eos_token\": \"<eos>\"}");
        var config = read(
                """
                {"model_type": "qwen3", "hidden_size": 1024, "num_attention_heads": 16, "num_key_value_heads": 8,
                 "head_dim": 128, "max_position_embeddings": 40960, "bos_token_id": 7, "eos_token_id": 9}""",
                "{\"eos_token_id\": 9}");

        assertThat(config).isEqualTo(new ModelConfig(40960, 8, 128, 3, Set.of(3L, 9L), false));
    }

    @Test
    void likeAModelWithTextAmongOtherThings() throws Exception {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"model_max_length\": 1000000000000000019884624838656, \"chat_template\": \"{{ messages }}\"}");
        var config = read(
                """
                {"model_type": "gemma3", "max_position_embeddings": 9, "eos_token_id": [1, 106],
                 "text_config": {"hidden_size": 640, "num_attention_heads": 4, "num_key_value_heads": 1,
                                 "head_dim": 256}}""",
                "{}");

        assertThat(config).isEqualTo(new ModelConfig(2048, 1, 256, 1, Set.of(1L, 106L), true));
    }
}
