package dev.evalfleet.local.command;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.report.RecordJson;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.local.view.VerdictText;
import dev.evalfleet.schemas.avro.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet runs`: requests, or the runs of one.
@Command(
        name = "runs",
        description = "List requests, or the runs of one request.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet runs                      every request, oldest first",
            "  evalfleet runs --label team=search  those with a label",
            "  evalfleet runs REQUEST              its runs"
        })
public final class RunsCommand implements Subcommand {

    @Parameters(arity = "0..1", paramLabel = "REQUEST", description = "Show the runs of this request.")
    private @Nullable String id;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Only requests with this label; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--json", description = "One JSON object per line.")
    private boolean json;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, json);
        try (FleetClient client = fleet.connect();
                FleetClient.Following following = client.follow(_ -> false)) {
            FleetPicture picture = following.picture();
            List<RunState> shown = id == null ? picture.requests() : withRetries(picture, Identity.runs(picture, id));
            shown = shown.stream()
                    .filter(state -> state.getLabels().entrySet().containsAll(labels.entrySet()))
                    .toList();
            if (json) {
                shown.forEach(state -> output.out().println(RecordJson.of(state)));
                output.out().flush();
            } else if (shown.isEmpty()) {
                output.say("No requests" + (labels.isEmpty() ? " yet." : " with these labels."));
            } else if (id == null) {
                requests(shown).print(output.out());
            } else {
                runs(shown).print(output.out());
            }
        }
        return ExitCodes.OK;
    }

    private static Table requests(List<RunState> states) {
        Table table = new Table("request", "status", "verdict", ">runs", ">samples", ">failed", "planned", "labels");
        for (RunState state : states) {
            table.row(
                    state.getId(),
                    status(state),
                    VerdictText.word(state.getVerdict()),
                    Show.count(state.getRuns().size()),
                    samples(state),
                    Show.count(failed(state)),
                    Show.time(state.getPlannedAt()),
                    state.getLabels().isEmpty() ? "" : state.getLabels().toString());
        }
        return table;
    }

    private static List<RunState> withRetries(FleetPicture picture, List<RunState> runs) {
        List<RunState> retries = picture.retriesOf(runs);
        return Stream.concat(runs.stream(), retries.stream()).distinct().toList();
    }

    private static Table runs(List<RunState> states) {
        Table table = new Table(
                "run", "status", "verdict", ">samples", ">failed", ">score", "metric", ">p50", ">p95", "retry of");
        for (RunState state : states) {
            table.row(
                    state.getId(),
                    status(state),
                    VerdictText.word(state.getVerdict()),
                    samples(state),
                    Show.count(failed(state)),
                    Show.score(state.getPrimaryScore()),
                    state.getPrimaryMetric() == null ? "" : state.getPrimaryMetric(),
                    Show.millis(state.getUsage().getLatencyP50Ms()),
                    Show.millis(state.getUsage().getLatencyP95Ms()),
                    state.getRetryOf() == null
                            ? ""
                            : state.getRetryOf() + " (" + Show.count(state.getRetried())
                                    + " asked again, the others its)");
        }
        return table;
    }

    private static String status(RunState state) {
        return state.getStatus().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String samples(RunState state) {
        return Show.count(state.getScored() + failed(state)) + "/" + Show.count(state.getExpected());
    }

    private static long failed(RunState state) {
        return state.getFailedModel() + state.getFailedInfrastructure();
    }
}
