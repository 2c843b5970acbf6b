package dev.evalfleet.local.process;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet topics`: the topics of a fleet, made by somebody who may, so that its processes need not.
@Command(
        name = "topics",
        description = "Make the topics that are missing and register their schemas; refuse those that differ.",
        footerHeading = "%nExample (--config, that of the producer: its pools have topics, too):%n",
        footer = {
            "  kafka: {bootstrap-servers: \"127.0.0.1:9092\"}",
            "  registry: {urls: [\"http://127.0.0.1:8081\"]}",
            "  topics: {replication: 3, sample-partitions: 64}",
            "  producer: {pools: [{name: small, models: [my-model]}]}"
        })
public final class TopicsCommand implements Subcommand {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML; EVALFLEET_* variables win (topics.replication is EVALFLEET_TOPICS_REPLICATION).")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Settings settings = Settings.load(config, System.getenv());
        int partitions = settings.section("topics").integer("sample-partitions", Topics.DEFAULT_SAMPLE_PARTITIONS);
        PoolCatalogue pools = PoolCatalogue.from(settings.section("producer"), partitions);
        try (Fleet fleet = Fleet.connect(settings)) {
            List<Topic<?>> topics = new ArrayList<>(fleet.topics().all());
            pools.pools().stream()
                    .map(pool -> fleet.topics().samples(pool.name()).withPartitions(pool.partitions()))
                    .forEach(topics::add);
            fleet.ensure(topics);
            var out = Objects.requireNonNull(spec).commandLine().getOut();
            topics.forEach(topic -> out.println(topic.name() + " " + topic.partitions()));
            out.flush();
        }
        return ExitCodes.OK;
    }
}
