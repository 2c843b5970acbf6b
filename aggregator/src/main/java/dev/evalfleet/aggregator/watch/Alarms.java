package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.stats.sequential.Multiplicity;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What became certain of a run, each statement once.
///
/// The primary metric of the whole run is watched at alpha. Its slices and the other metrics are one family, watched at
/// alpha together (Holm on the largest e-values so far); that *some* slice regressed is watched at alpha by the mean of
/// their current e-values.
public final class Alarms {
    /// Stands for "some slice, none in particular".
    public static final String SOME_SLICE = "*";

    private final Watches watches;

    public Alarms(Watches watches) {
        this.watches = watches;
    }

    /// One hypothesis: not worse than the baseline in this metric on this slice.
    private record Hypothesis(MetricPlan metric, String slice, EProc regression) {}

    /// Regressions that are certain now and were not said before.
    public List<Alert> regressions(RunPlan plan, Instant now) {
        if (PlanFacts.baselineRunId(plan) == null) {
            return List.of();
        }
        double alpha = WatchPlan.alpha(plan);
        List<Alert> alerts = new ArrayList<>();
        Optional<MetricPlan> primary = WatchPlan.primary(plan);
        primary.flatMap(metric -> hypothesis(plan, metric, PlanFacts.WHOLE))
                .filter(whole -> whole.regression.maxE() >= 1 / alpha)
                .flatMap(whole -> regression(plan, whole, now))
                .ifPresent(alerts::add);
        List<Hypothesis> family = family(plan, primary.orElse(null));
        List<Double> largest = family.stream().map(one -> one.regression.maxE()).toList();
        Multiplicity.holm(largest, alpha).stream()
                .flatMap(index -> regression(plan, family.get(index), now).stream())
                .forEach(alerts::add);
        primary.flatMap(metric -> someSlice(plan, metric, now)).ifPresent(alerts::add);
        return alerts;
    }

    /// The verdict FAIL, once.
    public Optional<Alert> gateFailed(RunPlan plan, @Nullable Judgement judgement, Instant now) {
        if (judgement == null || judgement.outcome() != VerdictOutcome.FAIL) {
            return Optional.empty();
        }
        var verdict = judgement.verdict();
        return raise(
                plan,
                alert(plan, AlertKind.GATE_FAILED, now)
                        .setMetric(verdict.getMetric())
                        .setClaim(Claim.DATASET)
                        .setN(verdict.getN())
                        .setEValue(verdict.getEValue())
                        .setMessage(who(plan) + ": " + verdict.getReason()));
    }

    /// So many samples failed.
    public Optional<Alert> failures(RunPlan plan, long failed, long settled, Instant now) {
        return raise(
                plan,
                alert(plan, AlertKind.FAILURE_RATE, now)
                        .setClaim(Claim.DATASET)
                        .setN(settled)
                        .setMessage("%s: %d of %d samples failed".formatted(who(plan), failed, settled)));
    }

    /// No news for so long; another standstill after some progress is another statement.
    public Optional<Alert> stalled(RunPlan plan, long settled, String since, Instant now) {
        Alert.Builder alert = alert(plan, AlertKind.STALLED, now)
                .setClaim(Claim.DATASET)
                .setN(settled)
                .setMessage("%s: no progress for %s, %d of %d samples are settled"
                        .formatted(who(plan), since, settled, plan.getExpectedSamples()));
        return raise(plan, alert, String.valueOf(settled));
    }

    private List<Hypothesis> family(RunPlan plan, @Nullable MetricPlan primary) {
        List<MetricPlan> metrics = WatchPlan.metrics(plan);
        Stream<Hypothesis> others = metrics.stream()
                .filter(metric -> !metric.equals(primary))
                .flatMap(metric -> hypothesis(plan, metric, PlanFacts.WHOLE).stream());
        Stream<Hypothesis> slices = WatchPlan.watchedSlices(plan).stream()
                .flatMap(slice -> metrics.stream().flatMap(metric -> hypothesis(plan, metric, slice).stream()));
        return Stream.concat(others, slices).toList();
    }

    private Optional<Alert> someSlice(RunPlan plan, MetricPlan metric, Instant now) {
        List<Hypothesis> slices = WatchPlan.watchedSlices(plan).stream()
                .flatMap(slice -> hypothesis(plan, metric, slice).stream())
                .toList();
        double mean = watches.run(plan.getRunId()).largestMean();
        if (slices.size() < 2 || mean < 1 / WatchPlan.alpha(plan)) {
            return Optional.empty();
        }
        return raise(
                plan,
                alert(plan, AlertKind.REGRESSION, now)
                        .setMetric(metric.getMetric())
                        .setSlice(SOME_SLICE)
                        .setEValue(mean)
                        .setN(slices.stream()
                                .mapToLong(one -> one.regression.n())
                                .sum())
                        .setMessage("%s: %s is worse than with %s on some of %d slices%s"
                                .formatted(
                                        who(plan),
                                        metric.getMetric(),
                                        Sentences.baseline(plan),
                                        slices.size(),
                                        caveat(plan, SOME_SLICE))));
    }

    private Optional<Hypothesis> hypothesis(RunPlan plan, MetricPlan metric, String slice) {
        return Optional.ofNullable(watches.metric(plan, metric, slice).regression())
                .map(regression -> new Hypothesis(metric, slice, regression));
    }

    private Optional<Alert> regression(RunPlan plan, Hypothesis one, Instant now) {
        EProc process = one.regression;
        boolean units =
                one.slice.equals(PlanFacts.WHOLE) && !plan.getClusterSizes().isEmpty();
        Double difference = units ? null : Goodness.of(one.metric).turned(-process.sum() / Math.max(1, process.n()));
        String where = one.slice.isEmpty() ? "" : " on " + one.slice;
        String by = difference == null ? "" : ", by %s so far".formatted(Sentences.number(difference));
        return raise(
                plan,
                alert(plan, AlertKind.REGRESSION, now)
                        .setMetric(one.metric.getMetric())
                        .setSlice(one.slice)
                        .setClaim(Claim.POPULATION)
                        .setN(process.n())
                        .setEValue(process.maxE())
                        .setDifference(difference)
                        .setMessage("%s: %s is worse than with %s%s%s (%d %s)%s"
                                .formatted(
                                        who(plan),
                                        one.metric.getMetric(),
                                        Sentences.baseline(plan),
                                        where,
                                        by,
                                        process.n(),
                                        units ? "clusters" : "pairs",
                                        caveat(plan, one.slice))),
                one.metric.getFilter());
    }

    // Clusters of unknown size cannot be units; the reader must know.
    private String caveat(RunPlan plan, String slice) {
        boolean units = slice.equals(PlanFacts.WHOLE) && !plan.getClusterSizes().isEmpty();
        return watches.run(plan.getRunId()).clustered && !units
                ? "; samples of one cluster were taken as independent, which raises false alarms"
                : "";
    }

    private static Alert.Builder alert(RunPlan plan, AlertKind kind, Instant now) {
        return Alert.newBuilder()
                .setKind(kind)
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setMetric("")
                .setSlice("")
                .setClaim(Claim.POPULATION)
                .setRaisedAt(now);
    }

    private Optional<Alert> raise(RunPlan plan, Alert.Builder alert) {
        return raise(plan, alert, "");
    }

    private Optional<Alert> raise(RunPlan plan, Alert.Builder alert, String detail) {
        String id = id(
                plan.getRunId(),
                alert.getKind().name(),
                alert.getMetric(),
                alert.getSlice(),
                alert.getClaim().name(),
                detail);
        RunWatch run = watches.run(plan.getRunId());
        if (!run.raise(id)) {
            return Optional.empty();
        }
        watches.keep(plan.getRunId(), run);
        return Optional.of(alert.setAlertId(id).build());
    }

    private static String who(RunPlan plan) {
        return plan.getTask() + " on " + plan.getModel() + (plan.getVariant() == null ? "" : "/" + plan.getVariant());
    }

    private static String id(String... parts) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
