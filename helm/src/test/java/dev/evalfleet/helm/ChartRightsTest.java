package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.runtime.rights.Right;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.worker.WorkerService;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/// The users that the chart makes have exactly the rights that the code asks for.
class ChartRightsTest {
    private static final Topics TOPICS = Topics.standard();
    private static final List<String> POOLS = List.of("qwen", "sglang", "hosted");

    @Test
    void everyUserHasTheRightsOfItsRoleAndNoOther() {
        List<JsonNode> manifests = Chart.manifests(Chart.VALUES.resolve("everything.yaml"));

        assertThat(rights(manifests, "producer")).isEqualTo(names(ProducerService.rights(TOPICS, POOLS)));
        assertThat(rights(manifests, "aggregator"))
                .isEqualTo(names(AggregatorService.rights(TOPICS, TOPICS.prefix() + "aggregator", true)));
        assertThat(rights(manifests, "dashboard")).isEqualTo(names(DashboardService.rights(TOPICS)));
        assertThat(rights(manifests, "submit")).isEqualTo(names(FleetClient.submitterRights(TOPICS, POOLS)));
        assertThat(rights(manifests, "worker"))
                .isEqualTo(names(POOLS.stream()
                        .map(pool -> WorkerService.rights(TOPICS, pool))
                        .toArray(Rights[]::new)));
    }

    private static Set<String> names(Rights... rights) {
        Set<String> names = new TreeSet<>();
        Stream.of(rights).flatMap(one -> one.all().stream()).forEach(right -> names.add(right.toString()));
        return names;
    }

    private static Set<String> rights(List<JsonNode> manifests, String role) {
        Set<String> rights = new TreeSet<>();
        JsonNode user = Chart.one(manifests, "KafkaUser", "ef-evalfleet-" + role);
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            for (JsonNode operation : acl.path("operations")) {
                JsonNode resource = acl.path("resource");
                rights.add(new Right(
                                ResourceType.fromString(
                                        underscored(resource.path("type").asText())),
                                resource.path("patternType").asText().equals("prefix")
                                        ? PatternType.PREFIXED
                                        : PatternType.LITERAL,
                                resource.path("name").asText(),
                                AclOperation.fromString(underscored(operation.asText())))
                        .toString());
            }
        }
        return rights;
    }

    // transactionalId is TRANSACTIONAL_ID here.
    private static String underscored(String camelCase) {
        return camelCase.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }
}
