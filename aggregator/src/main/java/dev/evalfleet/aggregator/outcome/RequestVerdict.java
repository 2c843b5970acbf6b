package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.stats.sequential.Multiplicity;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The verdict of a request: that of its worst gated run.
///
/// Every run may fail by chance, so that a request fails only where Holm over its gated runs upholds the failure at
/// alpha; a failure that is not upheld counts as undecided. All runs passing needs no such care: a request passes when
/// each of its runs does.
public final class RequestVerdict {
    private RequestVerdict() {}

    private record Opinion(RunSummary run, Judgement judgement, VerdictOutcome outcome) {}

    /// Null where no run is gated.
    public static @Nullable Verdict of(List<RunSummary> runs) {
        List<Opinion> opinions = opinions(runs);
        if (opinions.isEmpty()) {
            return null;
        }
        Opinion worst = opinions.stream()
                .min(Comparator.comparing(Opinion::outcome, Judgement.WORST))
                .orElseThrow();
        boolean allKnown = runs.size() >= runs.getFirst().siblings();
        boolean early = !allKnown && worst.judgement.passes();
        VerdictOutcome outcome = early ? VerdictOutcome.UNDECIDED : worst.outcome;
        long alike = opinions.stream()
                .filter(opinion -> opinion.outcome == worst.outcome)
                .count();
        return Verdict.newBuilder(worst.judgement.verdict())
                .setOutcome(outcome)
                .setReason("%d of %d gated runs %s; %s: %s%s"
                        .formatted(
                                alike,
                                opinions.size(),
                                outcome,
                                String.join(
                                        "/",
                                        Ids.parts(worst.run.runId()).stream()
                                                .skip(1)
                                                .toList()),
                                worst.judgement.verdict().getReason(),
                                worst.outcome == worst.judgement.outcome()
                                        ? ""
                                        : " (not upheld for %d runs together)".formatted(opinions.size())))
                .build();
    }

    private static List<Opinion> opinions(List<RunSummary> runs) {
        List<RunSummary> gated = new ArrayList<>();
        List<Judgement> judgements = new ArrayList<>();
        for (RunSummary run : runs) {
            Judgement judgement = run.judgement();
            if (judgement != null) {
                gated.add(run);
                judgements.add(judgement);
            }
        }
        double alpha = gated.stream().mapToDouble(RunSummary::alpha).min().orElse(1);
        Set<Integer> upheld = new HashSet<>(
                Multiplicity.holm(judgements.stream().map(Judgement::failE).toList(), alpha));
        List<Opinion> opinions = new ArrayList<>();
        for (int i = 0; i < gated.size(); i++) {
            Judgement judgement = judgements.get(i);
            boolean doubtful = judgement.outcome() == VerdictOutcome.FAIL && !upheld.contains(i);
            opinions.add(
                    new Opinion(gated.get(i), judgement, doubtful ? VerdictOutcome.UNDECIDED : judgement.outcome()));
        }
        return opinions;
    }
}
