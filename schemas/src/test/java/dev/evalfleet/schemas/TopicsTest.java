package dev.evalfleet.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.Topic.Cleanup;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private final Topics topics = Topics.standard();

    @Test
    void everyTopicHasThePrefixAndANameOfItsOwn() {
        List<String> names = topics.all().stream().<String>map(Topic::name).toList();

        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.startsWith("evalfleet."));
        assertThat(topics.samples("gpu-large").name()).isEqualTo("evalfleet.samples.gpu-large");
    }

    @Test
    void theSubjectFollowsTheTopicName() {
        assertThat(topics.requests().subject()).isEqualTo("evalfleet.requests-value");
    }

    @Test
    void theControlTopicHasOnePartitionBecauseItsOwnerIsTheActiveProducer() {
        assertThat(topics.control().partitions()).isEqualTo(1);
    }

    @Test
    void whatIsReadFromTheStartIsCompacted() {
        assertThat(List.of(topics.plans(), topics.runs(), topics.metrics(), topics.control(), topics.dispatch()))
                .extracting(Topic::cleanup)
                .containsOnly(Cleanup.COMPACT_DELETE);
        assertThat(topics.baselineScores().cleanup()).isEqualTo(Cleanup.COMPACT);
    }

    @Test
    void onlyDeadLettersAreNotAvro() {
        assertThat(topics.all()).filteredOn(topic -> !topic.isAvro()).containsExactly(topics.deadLetters());
    }

    @Test
    void aPoolWhoseNameIsNoTopicNameIsRefused() {
        assertThatThrownBy(() -> topics.samples("a pool"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"evalfleet.samples.a pool\"");
    }

    @Test
    void aPrefixThatIsNoTopicNameIsRefused() {
        assertThatThrownBy(() -> new Topics("eval fleet.", 4))
                .hasMessageStartingWith("topics.prefix must be")
                .hasMessageContaining("\"eval fleet.\"");
        assertThatThrownBy(() -> new Topics("evalfleet.", 0)).hasMessageContaining("topics.sample-partitions");
    }
}
