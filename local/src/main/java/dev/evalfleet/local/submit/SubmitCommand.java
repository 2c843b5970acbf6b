package dev.evalfleet.local.submit;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Interruption;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.fleet.LocalFleet;
import dev.evalfleet.local.fleet.LocalFleetOptions;
import dev.evalfleet.local.fleet.LocalFleetSettings;
import dev.evalfleet.local.fleet.ModelSpec;
import dev.evalfleet.local.harness.HarnessExport;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.VerdictText;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.openai.OpenAiBackend;
import dev.evalfleet.worker.inference.openai.OpenAiSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet submit`: publishes a request.
@Command(
        name = "submit",
        sortOptions = false,
        customSynopsis = {
            "evalfleet submit --tasks TASK,... --models MODEL,... [OPTIONS]",
            "   or: evalfleet submit --file FILE [OPTIONS]",
            "   or: evalfleet submit --base-url URL --model NAME --tasks TASK,... [OPTIONS]%n"
        },
        description = "Ask a fleet to evaluate models, or evaluate one model server with a fleet started for it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet submit --tasks skills --models tinygpt-v1,tinygpt-v2 \\",
            "      --baseline tinygpt-v1 --watch",
            "  evalfleet submit --file request.yaml --wait",
            "  evalfleet submit --tasks gsm8k --models my-model --limit 100 --dry-run",
            "  evalfleet submit --tasks gsm8k --models new --baseline production \\",
            "      --max-regression exact_match=0.02 --stop-early on-fail --gate",
            "  evalfleet submit --base-url http://127.0.0.1:8000/v1 --model my-model \\",
            "      --tasks gsm8k --limit 50",
            "",
            "request.yaml:",
            "  tasks: [skills]",
            "  models: [tinygpt-v1, tinygpt-v2]",
            "  baseline: tinygpt-v1          # or a run's id, or a named baseline",
            "  gates: {min: {exact_match: 0.65}, maxRegression: {exact_match: 0.02},",
            "          alpha: 0.05, stopEarly: on-fail}",
            "  labels: {team: search}",
            "",
            "With several variants: and no baseline, each variant is compared with the first",
            "one on the same model. --gate passes on PASS and PASS WITH REGRESSION (worse",
            "beyond doubt, but within what the gates tolerate), and on nothing else."
        })
public final class SubmitCommand implements Subcommand {

    private static final Duration FIRST_WORD = Duration.ofSeconds(30);
    /// The verdict of a request follows those of its runs.
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    @Mixin
    private RequestOptions what = new RequestOptions();

    @Option(names = "--watch", description = "Follow the request to its end and show its figures.")
    private boolean watch;

    @Option(names = "--wait", description = "As --watch, without the live picture.")
    private boolean wait;

    @Option(
            names = "--gate",
            description = "Exit with 3 unless the verdict of the request is a pass; waits as --wait does.")
    private boolean gate;

    @Option(
            names = "--dry-run",
            description =
                    "Only show what would be run: samples, tokens, runs, and how small a drop they can establish.")
    private boolean dryRun;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "At the end write the results as lm-eval does, into this folder; waits as --wait does.")
    private @Nullable Path harnessFolder;

    @Option(names = "--json", description = "Print results as JSON on standard output.")
    private boolean json;

    @ArgGroup(exclusive = false, heading = "%nA model server, evaluated with a fleet of its own:%n")
    private @Nullable ServerOptions server;

    @ArgGroup(validate = false, heading = "%nThe fleet that is asked:%n")
    private FleetOptions fleet = new FleetOptions();

    @ArgGroup(validate = false, heading = "%nThe fleet that is started for --base-url:%n")
    private LocalFleetOptions local = new LocalFleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Output output = Output.of(spec, json);
        EvalRequest request = what.request();
        if (gate && !isGated(request)) {
            throw CommandException.usage(
                    "--gate needs a gate: --min METRIC=VALUE, --max-regression METRIC=DROP, or gates: in the --file.");
        }
        if (dryRun) {
            return new DryRun(local.place(), fleet).show(request, output);
        }
        if (server != null) {
            return evaluateServer(server, request, output);
        }
        List<Path> folders = local.ownTaskDirs();
        return submit(folders.isEmpty() ? request : InlineTasks.into(request, folders), output);
    }

    private int submit(EvalRequest request, Output output) throws InterruptedException {
        String id = request.getRequestId();
        try (FleetClient client = fleet.connect();
                Following following = client.follow(id::equals)) {
            if (following.picture().state(id).isPresent()) {
                output.say("Request " + id + " is known already; submitting it again changes nothing.");
            }
            client.submit(request);
            output.say("Submitted " + id + ".");
            if (watch || wait || gate || harnessFolder != null) {
                int ended = watch ? output.watch(following.picture(), id) : output.await(following.picture(), id);
                export(client, following.picture(), id, output);
                return exitCode(following.picture(), id, ended);
            }
            return output.planned(following.picture(), id, FIRST_WORD);
        }
    }

    private int evaluateServer(ServerOptions address, EvalRequest request, Output output) throws Exception {
        if (request.getModels().size() != 1) {
            throw CommandException.usage("--base-url evaluates one model: give its name with --model NAME.");
        }
        ModelSpec model = address.model(request.getModels().getFirst());
        address.requireAnswer(model);
        output.say("Starting a fleet for " + address.url() + " ...");
        LocalFleetSettings settings = LocalFleetSettings.of(
                local.place(), List.of(model), 1, LocalFleetSettings.Feed.of(local.concurrency()));
        LocalFleet started = LocalFleet.start(settings);
        try (started;
                Interruption _ = Interruption.runs(started::close)) {
            output.say("Dashboard: " + started.dashboard());
            FleetClient client = FleetClient.of(started.fleet());
            try (Following following = client.follow(request.getRequestId()::equals)) {
                client.submit(request);
                int ended = output.watch(following.picture(), request.getRequestId());
                export(client, following.picture(), request.getRequestId(), output);
                return exitCode(following.picture(), request.getRequestId(), ended);
            }
        }
    }

    private void export(FleetClient client, FleetPicture picture, String requestId, Output output) {
        if (harnessFolder != null) {
            output.say(HarnessExport.write(client, picture, picture.runsOf(requestId), harnessFolder)
                    .toString());
        }
    }

    private static boolean isGated(EvalRequest request) {
        Gates gates = request.getGates();
        return gates != null
                && !(gates.getMin().isEmpty() && gates.getMaxRegression().isEmpty());
    }

    private int exitCode(FleetPicture picture, String requestId, int ended) throws InterruptedException {
        if (!gate) {
            return ended;
        }
        picture.await(() -> picture.state(requestId).map(RunState::getVerdict).isPresent(), LAST_WORD);
        return VerdictText.passed(picture.state(requestId)) ? ExitCodes.OK : ExitCodes.GATE;
    }

    /// The server, and how to speak to it.
    static final class ServerOptions {

        @Option(
                names = "--base-url",
                required = true,
                paramLabel = "URL",
                description = "Base URL of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1.")
        private String url = "";

        @Option(
                names = "--api-key-env",
                paramLabel = "VARIABLE",
                description = "Environment variable that holds the server's API key.")
        private @Nullable String apiKeyVariable;

        @Option(
                names = "--prefix",
                paramLabel = "TOKEN",
                description =
                        "The model's start token as text, such as <|endoftext|>, before texts that have no context."
                                + " Needed for perplexity where the server adds none itself.")
        private @Nullable String prefix;

        String url() {
            return url;
        }

        /// Asks the server before anything is started for it.
        void requireAnswer(ModelSpec model) {
            Map<String, Object> settings = new HashMap<>(model.settings());
            settings.remove("backend");
            try (OpenAiBackend backend =
                    OpenAiSettings.from(Settings.of(settings, System.getenv())).open()) {
                backend.probe();
            } catch (BackendException silent) {
                throw CommandException.failed(String.valueOf(silent.getMessage()));
            }
        }

        ModelSpec model(String name) {
            ModelSpec plain = ModelSpec.openAi(name, url);
            ModelSpec model = prefix == null ? plain : plain.with("prefix", prefix);
            if (apiKeyVariable == null) {
                return model;
            }
            if (System.getenv(apiKeyVariable) == null) {
                throw CommandException.usage(
                        "--api-key-env names the variable " + apiKeyVariable + ", which is not set");
            }
            return model.with("api-key-env", apiKeyVariable);
        }
    }
}
