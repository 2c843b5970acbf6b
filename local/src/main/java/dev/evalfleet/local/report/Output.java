package dev.evalfleet.local.report;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.view.RequestWatch;
import dev.evalfleet.local.view.Screen;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// Where a command writes: results to standard output, everything else to standard error.
public record Output(PrintWriter out, PrintWriter err, boolean json) {

    public static Output of(@Nullable CommandSpec spec, boolean json) {
        var command = Objects.requireNonNull(spec, "set by picocli").commandLine();
        return new Output(command.getOut(), command.getErr(), json);
    }

    public void say(String line) {
        err.println(line);
        err.flush();
    }

    /// Follows a request to its end and prints how it ended.
    ///
    /// @return the exit code
    public int watch(FleetPicture picture, String requestId) throws InterruptedException {
        return watch(picture, requestId, Screen.open(err));
    }

    /// As [#watch], without the live picture.
    public int await(FleetPicture picture, String requestId) throws InterruptedException {
        return watch(picture, requestId, Screen.plain(err));
    }

    /// Waits for the producer's word on a request and says it.
    ///
    /// @return the exit code
    public int planned(FleetPicture picture, String requestId, Duration patience) throws InterruptedException {
        boolean answered = picture.await(
                () -> picture.plan(requestId).isPresent()
                        || !picture.plans(requestId).isEmpty(),
                patience);
        if (!answered) {
            say("No producer has planned it within " + patience.toSeconds()
                    + " s; it waits on the topic until one runs.");
            return ExitCodes.OK;
        }
        RequestWatch.refuseRejected(picture, requestId);
        long samples = picture.plans(requestId).stream()
                .mapToLong(RunPlan::getExpectedSamples)
                .sum();
        say(picture.plans(requestId).size() + " runs, " + Show.count(samples)
                + " samples. Follow it with 'evalfleet watch " + requestId + "'.");
        return ExitCodes.OK;
    }

    private int watch(FleetPicture picture, String requestId, Screen screen) throws InterruptedException {
        try (screen) {
            new RequestWatch(picture, requestId, screen).toTheEnd();
        }
        Report report = Report.of(picture, requestId);
        print(report);
        return exitCode(report);
    }

    private void print(Report report) {
        if (json) {
            out.println(ReportJson.of(report));
        } else {
            out.println();
            ReportText.print(report, out);
        }
        out.flush();
    }

    private static int exitCode(Report report) {
        boolean completed = report.state()
                .filter(state ->
                        state.getStatus() == RunStatus.COMPLETED || state.getStatus() == RunStatus.STOPPED_EARLY)
                .isPresent();
        return completed ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
