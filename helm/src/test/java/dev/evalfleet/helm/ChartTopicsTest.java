package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The topics that Strimzi makes are those the processes would make, and accept.
class ChartTopicsTest {
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, 128);

    @Test
    void everyTopicOfTheCodeIsThereAndAsTheCodeWantsIt() {
        List<JsonNode> rendered = Chart.all(Chart.manifests(Chart.VALUES.resolve("everything.yaml")), "KafkaTopic");
        List<Topic<?>> wanted = new ArrayList<>(TOPICS.all());
        List.of("qwen", "sglang", "hosted").forEach(pool -> wanted.add(TOPICS.samples(pool)));

        assertThat(rendered)
                .extracting(topic -> topic.at("/spec/topicName").asText())
                .containsExactlyInAnyOrderElementsOf(
                        wanted.stream().<String>map(Topic::name).toList());
        for (Topic<?> topic : wanted) {
            JsonNode spec = rendered.stream()
                    .map(one -> one.path("spec"))
                    .filter(one -> one.path("topicName").asText().equals(topic.name()))
                    .findFirst()
                    .orElseThrow();
            JsonNode config = spec.path("config");
            assertThat(spec.path("partitions").asInt()).as(topic.name()).isEqualTo(topic.partitions());
            assertThat(parts(config.path("cleanup.policy").asText()))
                    .as(topic.name())
                    .isEqualTo(parts(topic.cleanup().policy()));
            if (topic.cleanup().expires()) {
                assertThat(config.path("retention.ms").asLong())
                        .as(topic.name())
                        .isEqualTo(topic.retention().toMillis());
            }
        }
    }

    private static Set<String> parts(String policy) {
        return Set.copyOf(Arrays.asList(policy.split(",")));
    }
}
