package dev.evalfleet.loadtest.check;

import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether samples and results belong together: one document per position, the answer scored against the target that
/// was sent.
final class SampleCheck {
    private static final String EXACT_MATCH = "exact_match";
    private static final int MOST_TOLD = 5;

    private SampleCheck() {}

    static List<Finding> of(RunHistory run) {
        List<Finding> findings = new ArrayList<>();
        Map<Long, String> documents = new HashMap<>();
        Map<Long, Sample> sent = run.sent();
        for (Sample sample : run.samples()) {
            place(run, sample.getPosition(), sample.getDocumentId(), documents, findings);
        }
        for (SampleResult result : run.results()) {
            place(run, result.getPosition(), result.getDocumentId(), documents, findings);
        }
        for (SampleResult result : run.first().values()) {
            score(run, result, sent.get(result.getPosition()), findings);
        }
        return findings.size() <= MOST_TOLD ? findings : List.copyOf(findings.subList(0, MOST_TOLD));
    }

    private static void place(
            RunHistory run, long position, String document, Map<Long, String> documents, List<Finding> findings) {
        String before = documents.putIfAbsent(position, document);
        if (position < 0 || position >= run.plan().getExpectedSamples()) {
            findings.add(Finding.wrong(run.plan().getRunId(), "position %d does not exist".formatted(position)));
        } else if (before != null && !before.equals(document)) {
            findings.add(Finding.wrong(
                    run.plan().getRunId(),
                    "position %d is document %s, and is document %s".formatted(position, before, document)));
        }
    }

    private static void score(
            RunHistory run,
            SampleResult result,
            @org.jspecify.annotations.Nullable Sample sample,
            List<Finding> findings) {
        if (sample == null
                || result.getStatus() != SampleStatus.SCORED
                || result.getOutputs().isEmpty()) {
            return;
        }
        Output output = result.getOutputs().getFirst();
        String text = output.getText();
        for (Score score : result.getScores()) {
            if (!score.getMetric().equals(EXACT_MATCH)
                    || text == null
                    || sample.getTargets().isEmpty()) {
                continue;
            }
            double right = text.equals(sample.getTargets().getFirst()) ? 1 : 0;
            if (score.getValue() != right) {
                findings.add(Finding.wrong(
                        run.plan().getRunId(),
                        "position %d: exact_match is %s, rescored %s (answer \"%s\", target \"%s\")"
                                .formatted(
                                        result.getPosition(),
                                        score.getValue(),
                                        right,
                                        text,
                                        sample.getTargets().getFirst())));
            }
        }
    }
}
