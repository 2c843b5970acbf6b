package dev.evalfleet.local.rights;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.runtime.rights.Right;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.worker.WorkerService;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/// The rights of all who take part in a fleet, as the code says that needs them.
record RightsTable(List<Rights> roles) {

    /// @param pools each has its own workers
    static RightsTable of(Topics topics, List<String> pools) {
        List<Rights> workers =
                pools.stream().map(pool -> WorkerService.rights(topics, pool)).toList();
        List<Rights> roles = new java.util.ArrayList<>();
        roles.add(ProducerService.rights(topics, pools));
        roles.addAll(workers);
        roles.add(AggregatorService.rights(topics, topics.aggregator(), true));
        roles.add(DashboardService.rights(topics));
        roles.add(FleetClient.submitterRights(topics, pools));
        roles.add(FleetClient.viewerRights(topics, pools));
        return new RightsTable(roles);
    }

    /// One line for each principal and resource, Markdown.
    String markdown() {
        StringBuilder table = new StringBuilder("| principal | on | may |\n|---|---|---|\n");
        for (Rights rights : roles) {
            Map<String, List<Right>> byResource = rights.all().stream()
                    .collect(Collectors.groupingBy(Right::resource, LinkedHashMap::new, Collectors.toList()));
            byResource.forEach((resource, held) -> table.append("| %s | %s | %s |%n"
                    .formatted(
                            rights.role(),
                            resource,
                            held.stream().map(right -> right.operation().name()).collect(Collectors.joining(", ")))));
        }
        return table.toString().replace("\r\n", "\n");
    }

    /// The commands that grant them, with Kafka's own tool; principals are called as their roles.
    String commands(String bootstrapServers) {
        return roles.stream()
                .flatMap(rights -> rights.all().stream()
                        .map(right ->
                                "kafka-acls.sh --bootstrap-server %s --add --allow-principal User:%s --operation %s --%s %s%s"
                                        .formatted(
                                                bootstrapServers,
                                                rights.role(),
                                                camelCase(right.operation()),
                                                right.type()
                                                        .name()
                                                        .toLowerCase(java.util.Locale.ROOT)
                                                        .replace('_', '-'),
                                                right.name(),
                                                right.isPrefix() ? " --resource-pattern-type prefixed" : "")))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    // DESCRIBE_CONFIGS is DescribeConfigs there.
    private static String camelCase(AclOperation operation) {
        return Arrays.stream(operation.name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }
}
