package dev.evalfleet.worker.scoring.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.scoring.Arguments;
import dev.evalfleet.worker.scoring.Scorer;
import dev.evalfleet.worker.scoring.ScoringException;
import dev.evalfleet.worker.scoring.python.PythonText;
import dev.evalfleet.worker.scoring.text.TokenF1;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.StreamSupport;

/// The comparisons of this package as scorers of the first answer.
public final class AnswerScorers {

    private AnswerScorers() {}

    /// MATH and AIME. Wanted is what is boxed in the document's column `solution`, or its column `answer` as it is, in
    /// upper or lower case; `boxed` looks for a boxed answer first.
    public static Scorer.Value math(Scorer.Answer answer, JsonNode options) {
        String text = answer.filtered().getFirst();
        String given = MathAnswer.betweenDollars(text);
        if (options.path("boxed").asBoolean()) {
            given = MathAnswer.boxed(text).orElse(given);
        }
        return Scorer.Value.of(MathAnswer.same(given, wanted(answer, options)));
    }

    private static String wanted(Scorer.Answer answer, JsonNode options) {
        if (!options.has("solution")) {
            return Arguments.ofDocument(answer.sample(), options.path("answer").asText())
                    .asText();
        }
        String column = options.path("solution").asText();
        return MathAnswer.boxed(Arguments.ofDocument(answer.sample(), column).asText())
                .orElseThrow(() -> new ScoringException("no_target", "nothing is boxed in the document's " + column));
    }

    public static Scorer.Value dropExact(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(
                bestOfSpans(answer, options, (text, spans) -> DropAnswer.exact(text, spans) ? 1.0 : 0.0));
    }

    public static Scorer.Value dropF1(Scorer.Answer answer, JsonNode options) {
        return Scorer.Value.of(bestOfSpans(answer, options, DropAnswer::f1));
    }

    private static double bestOfSpans(
            Scorer.Answer answer, JsonNode options, ToDoubleBiFunction<String, List<String>> score) {
        String text = answer.filtered().getFirst();
        JsonNode golds =
                Arguments.ofDocument(answer.sample(), options.path("golds").asText());
        return StreamSupport.stream(golds.spliterator(), false)
                .map(Arguments::texts)
                .filter(spans -> !spans.isEmpty() && !spans.getFirst().isBlank())
                .mapToDouble(spans -> score.applyAsDouble(text, spans))
                .max()
                .orElse(0);
    }

    public static Scorer.Value squadExact(Scorer.Answer answer, JsonNode options) {
        return squad(answer, options, (text, target) -> TokenF1.sameWords(text, target) ? 1.0 : 0.0);
    }

    public static Scorer.Value squadF1(Scorer.Answer answer, JsonNode options) {
        return squad(answer, options, TokenF1::of);
    }

    /// Against the document's column `reference`, the first of a list; or, as in CoQA, the answer's first line against
    /// the targets, each left out in turn.
    private static Scorer.Value squad(
            Scorer.Answer answer, JsonNode options, ToDoubleBiFunction<String, String> score) {
        String text = answer.filtered().getFirst();
        if (options.has("reference")) {
            JsonNode references = Arguments.ofDocument(
                    answer.sample(), options.path("reference").asText());
            String reference = Arguments.texts(references).stream()
                    .findFirst()
                    .orElseThrow(() -> new ScoringException("no_target", "the document has no reference"));
            return Scorer.Value.of(score.applyAsDouble(text, reference));
        }
        String line = PythonText.strip(text).split("\n", 2)[0];
        List<String> targets = answer.sample().getTargets();
        double sum = 0;
        for (int i = 0; i < targets.size(); i++) {
            List<String> others = new ArrayList<>(targets);
            if (targets.size() > 1) {
                others.remove(i);
            }
            sum += best(line, others, score);
        }
        return Scorer.Value.of(sum / Math.max(1, targets.size()));
    }

    public static Scorer.Value mlqaExact(Scorer.Answer answer, JsonNode options) {
        MlqaAnswer language = MlqaAnswer.in(options.path("language").asText());
        return mlqa(answer, options, (text, target) -> language.exact(text, target) ? 1.0 : 0.0);
    }

    public static Scorer.Value mlqaF1(Scorer.Answer answer, JsonNode options) {
        return mlqa(answer, options, MlqaAnswer.in(options.path("language").asText())::f1);
    }

    private static Scorer.Value mlqa(Scorer.Answer answer, JsonNode options, ToDoubleBiFunction<String, String> score) {
        JsonNode golds =
                Arguments.ofDocument(answer.sample(), options.path("golds").asText());
        String text = PythonText.strip(answer.filtered().getFirst());
        return Scorer.Value.of(best(text, Arguments.texts(golds), score));
    }

    private static double best(String text, List<String> targets, ToDoubleBiFunction<String, String> score) {
        return targets.stream()
                .mapToDouble(target -> score.applyAsDouble(text, target))
                .max()
                .orElse(0);
    }
}
