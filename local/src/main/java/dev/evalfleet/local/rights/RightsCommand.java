package dev.evalfleet.local.rights;

import dev.evalfleet.local.Subcommand;
import dev.evalfleet.schemas.Topics;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet rights`: the table of principals and what the broker must let them do.
@Command(
        name = "rights",
        description = "Print what each process and person must be allowed to do at the broker.",
        footerHeading = "%nExample:%n",
        footer = "  evalfleet rights --pool small --pool large --commands kafka-1:9093 > grant.sh")
public final class RightsCommand implements Subcommand {

    @Option(names = "--pool", paramLabel = "NAME", description = "A pool of the fleet; may be given several times.")
    private List<String> pools = List.of("POOL");

    @Option(
            names = "--prefix",
            defaultValue = Topics.DEFAULT_PREFIX,
            description = "What topics and groups begin with. Default: ${DEFAULT-VALUE}")
    private String prefix = Topics.DEFAULT_PREFIX;

    @Option(
            names = "--commands",
            paramLabel = "HOST:PORT",
            description = "Print the kafka-acls.sh commands that grant them at this broker, instead of the table.")
    private @Nullable String commands;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        RightsTable table = RightsTable.of(new Topics(prefix, Topics.DEFAULT_SAMPLE_PARTITIONS), pools);
        CommandLine command = java.util.Objects.requireNonNull(spec).commandLine();
        command.getOut().print(commands == null ? table.markdown() : table.commands(commands));
        command.getOut().flush();
        return 0;
    }
}
