package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.schemas.metric.PassAtK;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.List;

/// Generated text equals the target; of several targets any will do.
record ExactMatch(
        List<PythonRegex> regexesToIgnore, boolean ignoreCase, boolean ignorePunctuation, boolean ignoreNumbers) {

    static Scorer.Value score(Scorer.Answer answer, JsonNode options) {
        List<String> targets = answer.sample().getTargets();
        ExactMatch match = from(options);
        double best = 0;
        for (String target : targets) {
            best = Math.max(best, match.share(answer.filtered(), target));
        }
        return Scorer.Value.of(targets.size() > 1 ? Math.ceil(best) : best);
    }

    /// The chance that one of `k` answers is right, from all answers that the pipeline keeps.
    static Scorer.Value passAtK(Scorer.Answer answer, JsonNode options) {
        int k = options.path("k").asInt(1);
        List<String> answers = answer.filtered();
        if (k < 1 || answers.size() < k) {
            throw new ScoringException(
                    "too_few_repeats",
                    "pass_at_k with k " + k + " cannot be told from " + answers.size()
                            + " answers; raise the task's repeats, and keep them with the filter take_first_k");
        }
        ExactMatch match = from(options);
        List<String> targets =
                answer.sample().getTargets().stream().map(match::reduced).toList();
        long right =
                answers.stream().map(match::reduced).filter(targets::contains).count();
        return Scorer.Value.of(PassAtK.of(answers.size(), (int) right, k));
    }

    /// `accuracy` of Hugging Face's evaluate, and its `f1` with `average: micro`: of one sample both are whether
    /// the answer is the target.
    static Scorer.Value label(Scorer.Answer answer, JsonNode options) {
        String average = options.path("average").asText("micro");
        if (!average.equals("micro")) {
            throw new ScoringException(
                    "unsupported_option", "f1 of generated labels averages as micro, and not as " + average);
        }
        return score(answer, MissingNode.getInstance());
    }

    private static ExactMatch from(JsonNode options) {
        return new ExactMatch(
                Arguments.texts(options.path("regexes_to_ignore")).stream()
                        .map(PythonRegex::compile)
                        .toList(),
                options.path("ignore_case").asBoolean(),
                options.path("ignore_punctuation").asBoolean(),
                options.path("ignore_numbers").asBoolean());
    }

    // A pipeline that keeps several answers counts the share of them that is right.
    private double share(List<String> answers, String target) {
        String wanted = reduced(target);
        return answers.stream().filter(answer -> reduced(answer).equals(wanted)).count() / (double) answers.size();
    }

    private String reduced(String text) {
        String kept = text;
        for (PythonRegex regex : regexesToIgnore) {
            kept = regex.removeAll(kept);
        }
        kept = ignoreCase ? PythonText.lower(kept) : kept;
        kept = ignorePunctuation ? PythonText.withoutAsciiPunctuation(kept) : kept;
        return ignoreNumbers ? PythonText.withoutAsciiDigits(kept) : kept;
    }
}
