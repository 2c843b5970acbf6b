package dev.evalfleet.local.gate;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.command.Identity;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.report.RecordJson;
import dev.evalfleet.local.view.RequestWatch;
import dev.evalfleet.local.view.Screen;
import dev.evalfleet.local.view.VerdictText;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Verdict;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet gate`: the verdict of a run or a request as an exit code.
@Command(
        name = "gate",
        sortOptions = false,
        description = {
            "Wait for the verdict of a run or a request, print it, and exit with 0 only if it passed.",
            "",
            "Passed means PASS or PASS WITH REGRESSION (worse beyond doubt, but within what the gates tolerate)."
                    + " FAIL, REGRESSION, UNDECIDED, INCOMPLETE and no verdict at all did not pass. A request's"
                    + " verdict is the worst of its gated runs."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet gate REQUEST && ./promote.sh",
            "  evalfleet gate RUN --no-wait        the verdict as it stands",
            "",
            "Exit code 0 passed, 3 not passed, 1 refused, unknown, or without gates."
        })
public final class GateCommand implements Subcommand {

    /// The verdict of a request follows those of its runs.
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(500);

    @Parameters(arity = "0..1", paramLabel = "REQUEST|RUN", description = "Whose verdict. Default: the newest request.")
    private @Nullable String id;

    @Option(names = "--no-wait", description = "Do not wait until it has ended.")
    private boolean noWait;

    @Option(names = "--json", description = "Print the state with its verdict as JSON.")
    private boolean json;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Output output = Output.of(spec, json);
        try (FleetClient client = fleet.connect()) {
            String requestId;
            try (Following known = client.follow(_ -> false)) {
                requestId = Identity.requestOf(known.picture(), id);
            }
            try (Following following = client.follow(requestId::equals)) {
                return verdict(following.picture(), requestId, id == null ? requestId : id, output);
            }
        }
    }

    private int verdict(FleetPicture picture, String requestId, String asked, Output output)
            throws InterruptedException {
        RequestWatch.refuseRejected(picture, requestId);
        requireGates(picture, requestId, asked);
        if (!noWait) {
            await(picture, requestId, asked, output);
        }
        RunState state = picture.state(asked).orElseThrow();
        if (output.json()) {
            output.out().println(RecordJson.of(state));
        } else {
            print(picture, state, output);
        }
        output.out().flush();
        return VerdictText.passed(picture.state(asked)) ? ExitCodes.OK : ExitCodes.GATE;
    }

    private static void await(FleetPicture picture, String requestId, String asked, Output output)
            throws InterruptedException {
        if (asked.equals(requestId)) {
            new RequestWatch(picture, requestId, Screen.plain(output.err())).toTheEnd();
        }
        while (!isOver(picture, asked)) {
            picture.await(() -> isOver(picture, asked), LOOK);
        }
        picture.await(() -> picture.state(asked).map(RunState::getVerdict).isPresent(), LAST_WORD);
    }

    private static boolean isOver(FleetPicture picture, String id) {
        return picture.state(id)
                .filter(state -> FleetPicture.isOver(state.getStatus()))
                .isPresent();
    }

    private static void requireGates(FleetPicture picture, String requestId, String asked) {
        List<RunPlan> plans = picture.plans(requestId).stream()
                .filter(plan -> asked.equals(requestId) || plan.getRunId().equals(asked))
                .toList();
        boolean gated = plans.stream()
                .anyMatch(plan -> plan.getGates() != null
                        && !(plan.getGates().getMin().isEmpty()
                                && plan.getGates().getMaxRegression().isEmpty()));
        if (!plans.isEmpty() && !gated) {
            throw CommandException.failed(asked + " has no gate, so there is no verdict to wait for."
                    + " Gates are part of a request: 'evalfleet submit --help', --min and --max-regression.");
        }
    }

    private static void print(FleetPicture picture, RunState asked, Output output) {
        for (String run : asked.getRuns()) {
            picture.state(run).filter(state -> state.getVerdict() != null).ifPresent(state -> line(state, output));
        }
        line(asked, output);
    }

    private static void line(RunState state, Output output) {
        Verdict verdict = state.getVerdict();
        output.out().println(state.getId() + ": " + (verdict == null ? "no verdict" : VerdictText.line(verdict)));
    }
}
