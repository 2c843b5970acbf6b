package dev.evalfleet.worker.inference;

import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Message;
import java.util.List;

/// One text to generate. With messages the model is asked as a chat, otherwise it continues the prompt.
public record Generation(String prompt, List<Message> messages, GenerationParams params) {

    public Generation {
        messages = List.copyOf(messages);
    }
}
