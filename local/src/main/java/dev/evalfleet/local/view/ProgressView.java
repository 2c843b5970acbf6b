package dev.evalfleet.local.view;

import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// The live lines of a request: one per run, and one for all of them.
public final class ProgressView {

    private static final int WIDEST_BAR = 24;
    /// What a line holds beside names and bar: counts, rate, score, failures, time left.
    private static final int FIGURES = 66;

    private final FleetPicture picture;
    private final String requestId;
    private final Map<String, Throughput> throughputs = new HashMap<>();

    public ProgressView(FleetPicture picture, String requestId) {
        this.picture = picture;
        this.requestId = requestId;
    }

    /// What stands on the screen now; `height` lines at most: what is over gives way to what runs.
    public List<AttributedString> lines(int width, int height, Instant now) {
        List<RunLine> runs = runs(now);
        List<AttributedString> lines = new ArrayList<>();
        int names = runs.stream().mapToInt(run -> run.name().length()).max().orElse(0);
        int bar = Math.clamp(width - names - FIGURES, 5, WIDEST_BAR);
        List<RunLine> shown = runs;
        if (runs.size() > height - 1) {
            List<RunLine> open = runs.stream().filter(run -> !run.isOver()).toList();
            shown = open.subList(0, Math.min(open.size(), Math.max(0, height - 1)));
        }
        shown.forEach(run -> lines.add(line(run, names, bar)));
        lines.add(total(runs, now));
        return lines;
    }

    /// One plain line for places without a terminal.
    public String summary(Instant now) {
        return total(runs(now), now).toString();
    }

    private List<RunLine> runs(Instant now) {
        List<RunLine> runs = new ArrayList<>();
        for (RunPlan plan : picture.plans(requestId)) {
            runs.add(run(plan, picture.state(plan.getRunId()), now));
        }
        return runs;
    }

    private RunLine run(RunPlan plan, Optional<RunState> state, Instant now) {
        long failed =
                state.map(s -> s.getFailedModel() + s.getFailedInfrastructure()).orElse(0L);
        long done = state.map(s -> s.getScored()).orElse(0L) + failed;
        Throughput throughput = throughputs.computeIfAbsent(plan.getRunId(), _ -> new Throughput());
        throughput.at(now, done);
        return new RunLine(
                plan.getTask() + "  " + plan.getModel() + (plan.getVariant() == null ? "" : "/" + plan.getVariant()),
                plan.getRole() == RunRole.BASELINE,
                state.map(RunState::getStatus).orElse(RunStatus.PLANNED),
                done,
                plan.getExpectedSamples(),
                failed,
                throughput.perSecond(now),
                score(plan, state),
                VerdictText.word(state.map(RunState::getVerdict)
                        .filter(verdict -> verdict.getOutcome() != VerdictOutcome.UNDECIDED)
                        .orElse(null)),
                state.map(RunState::getSaved).orElse(0L));
    }

    private String score(RunPlan plan, Optional<RunState> state) {
        Double primary = state.map(RunState::getPrimaryScore).orElse(null);
        if (primary != null) {
            return state.map(RunState::getPrimaryMetric).orElse("score") + " " + score(primary);
        }
        return picture.overall(plan.getRunId()).stream()
                .filter(metric -> metric.getValue() != null)
                .findFirst()
                .map((Metric metric) -> metric.getMetric() + " " + score(metric.getValue()))
                .orElse("");
    }

    private static String score(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static AttributedString line(RunLine run, int names, int bar) {
        AttributedStyle color =
                switch (run.status()) {
                    case COMPLETED -> AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
                    case PLANNED, RUNNING -> AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
                    default -> AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
                };
        String counts = Show.count(run.done()) + "/" + Show.count(run.expected());
        return new AttributedStringBuilder()
                .append(" " + run.name()
                        + " ".repeat(Math.max(0, names - run.name().length())) + "  ")
                .styled(color, ProgressBar.of(run.done(), run.expected(), bar))
                .append(String.format(Locale.ROOT, "  %11s  %7s  %-19s  ", counts, run.rate(), run.score()))
                .styled(
                        run.failed() > 0
                                ? AttributedStyle.DEFAULT.foreground(AttributedStyle.RED)
                                : AttributedStyle.DEFAULT.faint(),
                        run.failed() + " failed")
                .append("  " + run.end())
                .toAttributedString();
    }

    private AttributedString total(List<RunLine> runs, Instant now) {
        if (runs.isEmpty()) {
            return new AttributedString("planning " + requestId + " ...");
        }
        long done = runs.stream().mapToLong(RunLine::done).sum();
        long expected = runs.stream().mapToLong(RunLine::expected).sum();
        long failed = runs.stream().mapToLong(RunLine::failed).sum();
        long over = runs.stream().filter(RunLine::isOver).count();
        Throughput throughput = throughputs.computeIfAbsent("", _ -> new Throughput());
        throughput.at(now, done);
        double rate = throughput.perSecond(now);
        long open = runs.stream()
                .filter(run -> !run.isOver())
                .mapToLong(run -> run.expected() - run.done())
                .sum();
        String left = rate > 0 && open > 0
                ? ", " + Show.duration(Duration.ofMillis((long) (open / rate * 1000))) + " left"
                : "";
        long saved = runs.stream().mapToLong(RunLine::saved).sum();
        return new AttributedString(String.format(
                Locale.ROOT,
                "%s/%s samples, %d of %d runs done, %s, %d failed%s%s",
                Show.count(done),
                Show.count(expected),
                over,
                runs.size(),
                Show.rate(rate),
                failed,
                saved > 0 ? ", " + Show.count(saved) + " saved" : "",
                left));
    }

    private record RunLine(
            String name,
            boolean isBaseline,
            RunStatus status,
            long done,
            long expected,
            long failed,
            double perSecond,
            String score,
            String verdict,
            long saved) {

        boolean isOver() {
            return FleetPicture.isOver(status);
        }

        String rate() {
            return isOver() || perSecond == 0 ? "" : Show.rate(perSecond);
        }

        String end() {
            if (isOver()) {
                String how = status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                return verdict.isEmpty() ? how : verdict + ", " + how;
            }
            return perSecond > 0
                    ? Show.duration(Duration.ofMillis((long) ((expected - done) / perSecond * 1000))) + " left"
                    : "waiting";
        }
    }
}
