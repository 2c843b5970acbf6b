package dev.evalfleet.worker.result;

import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.model.Inference;
import java.util.Objects;
import java.util.stream.Stream;

/// Whether a sentence repeats a piece of a sample's texts or answers.
final class Quoted {
    private static final int PIECE = 12;

    private Quoted() {}

    static boolean isIn(String sentence, Inference inference) {
        return texts(inference).anyMatch(text -> sharesPiece(sentence, text));
    }

    private static boolean sharesPiece(String sentence, String text) {
        if (text.length() < PIECE) {
            return text.length() > 2 && sentence.contains(text);
        }
        for (int at = 0; at + PIECE <= sentence.length(); at++) {
            if (text.contains(sentence.substring(at, at + PIECE))) {
                return true;
            }
        }
        return false;
    }

    private static Stream<String> texts(Inference inference) {
        Sample sample = inference.sample();
        return Stream.of(
                        Stream.of(sample.getPrompt(), sample.getDocument()),
                        sample.getMessages().stream().map(message -> message.getContent()),
                        sample.getContinuations().stream().map(question -> question.getText()),
                        sample.getChoices().stream(),
                        sample.getTargets().stream(),
                        inference.outputs().stream().map(Output::getText))
                .flatMap(texts -> texts)
                .filter(Objects::nonNull);
    }
}
