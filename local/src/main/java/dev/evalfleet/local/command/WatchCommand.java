package dev.evalfleet.local.command;

import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.report.Output;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet watch`: follows a request to its end and shows how it ended.
@Command(
        name = "watch",
        description = "Follow a request until it has ended, then show its figures.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet watch                    the newest request",
            "  evalfleet watch 20261122-101500-1f3c",
            "  evalfleet watch --json RUN         wait, then figures as JSON",
            "",
            "Exit code 0 when everything completed, 1 when not."
        })
public final class WatchCommand implements Subcommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "REQUEST|RUN",
            description = "What to follow. Default: the newest request.")
    private @Nullable String id;

    @Option(names = "--json", description = "Print the figures as JSON.")
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
            try (FleetClient.Following known = client.follow(_ -> false)) {
                requestId = Identity.requestOf(known.picture(), id);
            }
            try (FleetClient.Following following = client.follow(requestId::equals)) {
                FleetPicture picture = following.picture();
                return output.watch(picture, requestId);
            }
        }
    }
}
