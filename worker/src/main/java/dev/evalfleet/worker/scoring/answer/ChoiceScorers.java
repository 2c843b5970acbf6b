package dev.evalfleet.worker.scoring.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.scoring.Arguments;
import dev.evalfleet.worker.scoring.LogLikelihood;
import dev.evalfleet.worker.scoring.MultipleChoice;
import dev.evalfleet.worker.scoring.Scorer;
import dev.evalfleet.worker.scoring.text.TokenF1;
import java.util.function.ToDoubleBiFunction;

/// What some benchmarks make of the log-likelihoods of choices.
public final class ChoiceScorers {

    private ChoiceScorers() {}

    /// ReCoRD: the most likely of the document's `entities` is one of its `answers` (Zhang et al., 2018).
    public static Scorer.Value recordExact(Scorer.Answer answer, JsonNode options) {
        return entity(answer, (taken, wanted) -> TokenF1.sameWords(taken, wanted) ? 1 : 0);
    }

    /// The same by words.
    public static Scorer.Value recordF1(Scorer.Answer answer, JsonNode options) {
        return entity(answer, TokenF1::of);
    }

    private static Scorer.Value entity(Scorer.Answer answer, ToDoubleBiFunction<String, String> score) {
        int taken = MultipleChoice.mostLikely(answer);
        JsonNode entities = Arguments.ofDocument(answer.sample(), "entities");
        String entity = entities.path(taken).asText();
        return Scorer.Value.of(Arguments.texts(Arguments.ofDocument(answer.sample(), "answers")).stream()
                .mapToDouble(wanted -> score.applyAsDouble(entity, wanted))
                .max()
                .orElse(0));
    }

    /// CrowS-Pairs: the first of two sentences, the more stereotyped one, is more likely (Nangia et al., 2020).
    public static Scorer.Value stereotype(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(LogLikelihood.of(answer, 0) > LogLikelihood.of(answer, 1));
    }

    /// How far the log-likelihoods of the two are apart; 0 or more.
    public static Scorer.Value distance(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(Math.abs(LogLikelihood.of(answer, 0) - LogLikelihood.of(answer, 1)));
    }
}
