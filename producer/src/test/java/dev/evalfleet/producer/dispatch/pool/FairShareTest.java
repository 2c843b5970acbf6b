package dev.evalfleet.producer.dispatch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private final Map<String, Integer> weights = Map.of("a", 1, "b", 3, "large", 1, "small", 1);
    private final FairShare<String> share = new FairShare<>(weights::get);

    @Test
    void turnsAreInProportionToWeight() {
        assertThat(counts(serve(400, "a", "b"))).isEqualTo(Map.of("a", 100L, "b", 300L));
    }

    @Test
    void proportionsHoldAcrossRounds() {
        Stream<String> served =
                Stream.generate(() -> serve(3, "a", "b")).limit(100).flatMap(List::stream);

        assertThat(served.collect(Collectors.groupingBy(member -> member, Collectors.counting())))
                .isEqualTo(Map.of("a", 75L, "b", 225L));
    }

    @Test
    void aNewcomerNeitherWaitsForWhatOthersHadNorTakesItAll() {
        serve(10_000, "large");

        assertThat(counts(serve(200, "large", "small"))).isEqualTo(Map.of("large", 100L, "small", 100L));
    }

    @Test
    void whoComesBackIsNotOwedTheTimeAway() {
        serve(10, "large", "small");
        serve(1_000, "large");

        assertThat(counts(serve(20, "large", "small"))).isEqualTo(Map.of("large", 10L, "small", 10L));
    }

    @Test
    void aMemberThatWantsNoMoreIsLeftOutOfTheRound() {
        share.begin(List.of("a", "b"));

        assertThat(share.next()).isEqualTo("a");
        share.served("a", false);
        assertThat(share.next()).isEqualTo("b");
        share.served("b", false);
        assertThat(share.next()).isNull();
    }

    private List<String> serve(int turns, String... members) {
        share.begin(List.of(members));
        return Stream.generate(() -> {
                    String member = Objects.requireNonNull(share.next());
                    share.served(member, true);
                    return member;
                })
                .limit(turns)
                .toList();
    }

    private static Map<String, Long> counts(List<String> served) {
        return served.stream().collect(Collectors.groupingBy(member -> member, Collectors.counting()));
    }
}
