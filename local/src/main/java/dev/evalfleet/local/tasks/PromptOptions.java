package dev.evalfleet.local.tasks;

import dev.evalfleet.producer.plan.TaskRendering;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How prompts are made, in lm-eval's words.
final class PromptOptions {

    @Option(
            names = {"--limit", "-L"},
            paramLabel = "N",
            description = "The first N documents; below 1: this share of them.")
    private @Nullable Double limit;

    @Option(
            names = {"--num-fewshot", "--num_fewshot"},
            paramLabel = "N",
            description = "Few-shot examples, where the task does not say 0.")
    private @Nullable Integer numFewshot;

    @Option(
            names = "--fewshot-seed",
            paramLabel = "SEED",
            defaultValue = "1234",
            description = "Seed of the few-shot draws. Default: 1234, as lm-eval's.")
    private long fewshotSeed = TaskRendering.Options.DEFAULT.fewshotSeed();

    @Option(
            names = {"--system-instruction", "--system_instruction"},
            paramLabel = "TEXT",
            description = "Stands before every prompt.")
    private @Nullable String systemInstruction;

    @Option(
            names = {"--chat", "--apply_chat_template"},
            description = "Prompts as messages of a chat.")
    private boolean chat;

    @Option(
            names = "--fewshot-as-multiturn",
            negatable = true,
            fallbackValue = "true",
            description = "Examples as turns of the chat. Default: as --chat says.")
    private @Nullable Boolean fewshotAsMultiturn;

    TaskRendering.Options options() {
        return new TaskRendering.Options(
                numFewshot,
                fewshotSeed,
                chat,
                fewshotAsMultiturn,
                systemInstruction,
                limit == null || limit == 0 ? null : limit);
    }
}
