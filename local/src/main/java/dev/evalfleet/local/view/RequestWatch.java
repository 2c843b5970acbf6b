package dev.evalfleet.local.view;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/// Follows one request on the screen until it has ended.
public final class RequestWatch {

    private static final Duration FRAME = Duration.ofMillis(200);
    private static final Duration BETWEEN_PLAIN_LINES = Duration.ofSeconds(5);
    private static final Duration PLANNING_IS_SLOW = Duration.ofSeconds(30);

    private final FleetPicture picture;
    private final String requestId;
    private final Screen screen;
    private final ProgressView view;
    private final VerdictNews news;
    private final Instant began = Instant.now();
    private Instant lastPlainLine = Instant.EPOCH;
    private boolean warnedOfPlanning;

    public RequestWatch(FleetPicture picture, String requestId, Screen screen) {
        this.picture = picture;
        this.requestId = requestId;
        this.screen = screen;
        this.view = new ProgressView(picture, requestId);
        this.news = new VerdictNews(picture, requestId);
    }

    /// Shows progress until the request has ended.
    public void toTheEnd() throws InterruptedException {
        PrintStream errors = System.err;
        if (screen.live()) {
            System.setErr(screen.errors()); // a log line must not tear the picture
        }
        try {
            while (!picture.await(() -> picture.isFinished(requestId), FRAME)) {
                show();
            }
            refuseRejected(picture, requestId);
            showEnd();
        } finally {
            System.setErr(errors);
        }
    }

    private void show() {
        Instant now = Instant.now();
        news.lines().forEach(screen::above);
        if (screen.live()) {
            screen.show(view.lines(screen.width(), screen.height() - 1, now));
        } else if (Duration.between(lastPlainLine, now).compareTo(BETWEEN_PLAIN_LINES) >= 0) {
            lastPlainLine = now;
            screen.above(view.summary(now));
        }
        boolean isPlanned = !picture.plans(requestId).isEmpty();
        if (!isPlanned && !warnedOfPlanning && Duration.between(began, now).compareTo(PLANNING_IS_SLOW) > 0) {
            warnedOfPlanning = true;
            screen.above("No producer has planned the request yet. Is one running?");
        }
    }

    private void showEnd() {
        Instant now = Instant.now();
        news.lines().forEach(screen::above);
        if (screen.live()) {
            screen.show(view.lines(screen.width(), screen.height() - 1, now));
        } else {
            screen.above(view.summary(now));
        }
    }

    /// Tells every reason why the producer refused a request, if it did.
    public static void refuseRejected(FleetPicture picture, String requestId) {
        Optional<RunPlan> plan = picture.plan(requestId).filter(p -> p.getStatus() == PlanStatus.REJECTED);
        if (plan.isPresent()) {
            throw CommandException.failed("The request " + requestId + " was refused:\n"
                    + plan.get().getProblems().stream().map(RequestWatch::line).collect(Collectors.joining("\n")));
        }
    }

    private static String line(Problem problem) {
        return "  - " + (problem.getWhere().isEmpty() ? "" : problem.getWhere() + ": ") + problem.getMessage();
    }
}
