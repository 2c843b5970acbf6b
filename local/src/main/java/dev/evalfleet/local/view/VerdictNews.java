package dev.evalfleet.local.view;

import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tells each alert and each verdict of a request's runs once, when it comes.
final class VerdictNews {

    private final FleetPicture picture;
    private final String requestId;
    private final Set<String> alerts = new HashSet<>();
    private final Map<String, VerdictOutcome> verdicts = new HashMap<>();

    VerdictNews(FleetPicture picture, String requestId) {
        this.picture = picture;
        this.requestId = requestId;
    }

    /// What was not told yet.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Alert alert : picture.alerts()) {
            if (alerts.add(alert.getAlertId())) {
                lines.add(VerdictText.line(alert));
            }
        }
        for (RunState run : picture.runsOf(requestId)) {
            Verdict verdict = run.getVerdict();
            if (verdict != null
                    && verdict.getOutcome() != VerdictOutcome.UNDECIDED
                    && verdicts.put(run.getId(), verdict.getOutcome()) != verdict.getOutcome()
                    && verdict.getOutcome() != VerdictOutcome.FAIL) { // of which there is an alert
                lines.add(line(run, verdict));
            }
        }
        return lines;
    }

    private static String line(RunState run, Verdict verdict) {
        String model = run.getModel() + (run.getVariant() == null ? "" : "/" + run.getVariant());
        return VerdictText.word(verdict) + " " + run.getTask() + " on " + model + ": " + verdict.getReason();
    }
}
