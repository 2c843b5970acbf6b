package dev.evalfleet.producer.prompt;

import org.jspecify.annotations.Nullable;

/// How the prompts of a run are made, beyond what the task says.
///
/// @param shots examples per prompt
/// @param seed of the draws
/// @param chat whether prompts are messages
/// @param multiturn whether examples become turns of their own
public record PromptSettings(
        int shots, long seed, boolean chat, boolean multiturn, @Nullable String systemInstruction) {}
