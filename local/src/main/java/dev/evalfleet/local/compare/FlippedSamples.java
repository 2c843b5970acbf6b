package dev.evalfleet.local.compare;

import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.compare.RunPair.Flip;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What both runs answered where their scores differ.
record FlippedSamples(List<Sample> samples) {

    record Sample(String documentId, boolean isGain, String prompt, String baselineOutput, String candidateOutput) {}

    private record Answer(String prompt, String output) {}

    /// Reads the results once more, for the few documents that are shown.
    static FlippedSamples read(FleetClient client, RunState baseline, RunState candidate, List<Flip> flips) {
        Map<String, Answer> of = answers(client, baseline, flips);
        Map<String, Answer> other = answers(client, candidate, flips);
        Answer none = new Answer("", "");
        return new FlippedSamples(flips.stream()
                .map(flip -> new Sample(
                        flip.documentId(),
                        flip.isGain(),
                        other.getOrDefault(flip.documentId(), none).prompt(),
                        of.getOrDefault(flip.documentId(), none).output(),
                        other.getOrDefault(flip.documentId(), none).output()))
                .toList());
    }

    private static Map<String, Answer> answers(FleetClient client, RunState run, List<Flip> flips) {
        var wanted = flips.stream().map(Flip::documentId).collect(Collectors.toSet());
        Map<String, Answer> answers = new HashMap<>();
        client.results().read(List.of(run), result -> {
            if (wanted.contains(result.getDocumentId())) {
                answers.put(result.getDocumentId(), new Answer(prompt(result), output(result)));
            }
        });
        return answers;
    }

    private static String prompt(SampleResult result) {
        if (result.getPrompt() != null) {
            return result.getPrompt();
        }
        return result.getMessages().stream()
                .map((Message message) -> message.getRole() + ": " + message.getContent())
                .collect(Collectors.joining("\n"));
    }

    private static String output(SampleResult result) {
        if (result.getFailure() != null) {
            return "(failed: " + result.getFailure().getCause() + ")";
        }
        List<Output> outputs = result.getOutputs();
        if (outputs.stream().anyMatch(output -> output.getText() != null)) {
            return outputs.stream()
                    .map(output -> String.valueOf(output.getText()))
                    .collect(Collectors.joining(" | "));
        }
        return choice(result, outputs);
    }

    /// The likeliest choice, for questions that are answered by log-likelihoods.
    private static String choice(SampleResult result, List<Output> outputs) {
        int best = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < outputs.size(); i++) {
            Double logLikelihood = outputs.get(i).getLogLikelihood();
            if (logLikelihood != null && logLikelihood > most) {
                most = logLikelihood;
                best = i;
            }
        }
        if (best < 0) {
            return "";
        }
        String chosen = best < result.getChoices().size() ? result.getChoices().get(best) : "choice " + best;
        return String.format(Locale.ROOT, "%s (log-likelihood %.3f)", chosen, most);
    }
}
