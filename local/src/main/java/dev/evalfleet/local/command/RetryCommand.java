package dev.evalfleet.local.command;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.RequestId;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RetryRequest;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet retry`: asks the failed samples of an ended run again, as a run of its own that holds the other outcomes
/// too.
@Command(
        name = "retry",
        description = {
            "Ask the failed samples of an ended run again.",
            "A new run starts that is linked to the old one: it asks only these samples and takes over the outcomes of"
                    + " all others, so that its figures and its verdict are those of the whole dataset. The old run"
                    + " stays as it is."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet retry RUN --failed                    what the machinery failed on, or lost",
            "  evalfleet retry RUN --failed --model-failures   refusals and the like, too",
            "  evalfleet retry RUN --cancelled --watch         go on with a run that was stopped"
        })
public final class RetryCommand implements Subcommand {

    private static final Duration FIRST_WORD = Duration.ofMinutes(1);

    @Parameters(paramLabel = "RUN", description = "The run, as 'evalfleet runs REQUEST' names it.")
    private String id = "";

    @Option(names = "--failed", description = "Samples that failed because of the machinery, and lost ones.")
    private boolean failed;

    @Option(names = "--model-failures", description = "Also samples that failed because of the model.")
    private boolean modelFailures;

    @Option(
            names = "--cancelled",
            description = "Also samples that were never asked; without it a run that was stopped is refused.")
    private boolean cancelled;

    @Option(names = "--id", paramLabel = "ID", description = "Id of the new request. Default: a new one.")
    private @Nullable String requestId;

    @Option(names = "--priority", paramLabel = "1-100", description = "Share of the pool. Default: 1.")
    private int priority = 1;

    @Option(names = "--watch", description = "Follow the run to its end.")
    private boolean watch;

    @Option(names = "--wait", description = "Wait for the end without drawing.")
    private boolean wait;

    @Option(names = "--json", description = "Print results as JSON on standard output.")
    private boolean json;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!failed && !modelFailures && !cancelled) {
            throw CommandException.usage("Say what to ask again: --failed, --model-failures or --cancelled.");
        }
        Output output = Output.of(spec, json);
        String request = requestId == null ? RequestId.random("retry-") : requestId;
        try (FleetClient client = fleet.connect();
                FleetClient.Following following = client.follow(request::equals)) {
            if (following.picture().state(request).isPresent()) {
                throw CommandException.failed("There is a request " + request + " already; give another --id.");
            }
            client.submit(request(request, Identity.run(following.picture(), id)));
            output.say("Submitted " + request + ".");
            if (watch) {
                return output.watch(following.picture(), request);
            }
            return wait
                    ? output.await(following.picture(), request)
                    : output.planned(following.picture(), request, FIRST_WORD);
        }
    }

    private EvalRequest request(String request, RunState run) {
        return EvalRequest.newBuilder()
                .setRequestId(request)
                .setTasks(List.of(run.getTask()))
                .setModels(List.of(run.getModel()))
                .setRetry(new RetryRequest(run.getId(), modelFailures, cancelled))
                .setPriority(priority)
                .setSubmittedBy(System.getProperty("user.name"))
                .setSubmittedAt(Instant.now())
                .build();
    }
}
