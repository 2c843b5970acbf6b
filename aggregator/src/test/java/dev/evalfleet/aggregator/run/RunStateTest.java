package dev.evalfleet.aggregator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.run.Positions.Standing;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The parts of a run's state, each on its own.
class RunStateTest {
    private static final String RUN = "r/t/m";

    private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();

    @Test
    void positionsAreFoldedInTheirOrderWhateverTheOrderTheyCome() {
        List<Long> folded = new ArrayList<>();
        KeyValueStore<String, Prefix.Step> ahead = store("ahead", Prefix.Step.CODEC);
        Prefix prefix = new Prefix(ahead, (_, step) -> folded.add(step.sample().position()));
        Progress progress = new Progress();
        List<Integer> arrival = new ArrayList<>(IntStream.range(0, 300).boxed().toList());
        Collections.shuffle(arrival, new Random(3));

        for (int position : arrival) {
            prefix.ended(plan(null), progress, sample(position));
        }

        assertThat(folded).isEqualTo(LongStream.range(0, 300).boxed().toList());
        assertThat(progress.prefix()).isEqualTo(300);
        assertThat(ahead.all()).isExhausted();
    }

    @Test
    void aComparedPositionIsFoldedWithItsPair() {
        List<Long> folded = new ArrayList<>();
        KeyValueStore<String, Prefix.Step> ahead = store("ahead", Prefix.Step.CODEC);
        Prefix prefix = new Prefix(ahead, (_, step) -> folded.add(step.sample().position()));
        Progress progress = new Progress();
        RunPlan plan = plan("r/t/old");

        prefix.ended(plan, progress, sample(0));
        prefix.ended(plan, progress, sample(1));
        prefix.paired(plan, progress, sample(1), scored());
        assertThat(folded).isEmpty();

        prefix.paired(plan, progress, sample(0), scored());
        prefix.lost(plan, progress, 2, Answer.infrastructureFailed("lost"));

        assertThat(folded).containsExactly(0L, 1L, 2L);
        assertThat(ahead.all()).isExhausted();
    }

    @Test
    void aPositionIsSettledOnce() {
        Positions positions = new Positions(store("positions", Positions.Row.CODEC));

        assertThat(positions.settle(RUN, 4096, Standing.ANSWERED)).isEqualTo(Standing.OPEN);
        assertThat(positions.settle(RUN, 4096, Standing.LOST)).isEqualTo(Standing.ANSWERED);
        assertThat(positions.settle(RUN, 1, Standing.LOST)).isEqualTo(Standing.OPEN);
        assertThat(positions.settle(RUN, 1, Standing.ANSWERED)).isEqualTo(Standing.LOST);
        assertThat(positions.standing(RUN, 4096)).isEqualTo(Standing.ANSWERED);
        assertThat(positions.standing("another", 4096)).isEqualTo(Standing.OPEN);
    }

    @Test
    void aPairCountsOnce() {
        Positions positions = new Positions(store("positions", Positions.Row.CODEC));

        assertThat(positions.pair(RUN, 7)).isTrue();
        assertThat(positions.pair(RUN, 7)).isFalse();
        assertThat(positions.standing(RUN, 7)).isEqualTo(Standing.OPEN);
    }

    @Test
    void openPositionsAreListedAcrossRows() {
        Positions positions = new Positions(store("positions", Positions.Row.CODEC));
        for (long position = 0; position < 9000; position++) {
            if (position != 3 && position != 4095 && position != 4096 && position != 8999) {
                positions.settle(RUN, position, position % 2 == 0 ? Standing.ANSWERED : Standing.LOST);
            }
        }

        assertThat(positions.open(RUN, 0, 9000, 1000)).containsExactly(3L, 4095L, 4096L, 8999L);
        assertThat(positions.open(RUN, 0, 9000, 2)).containsExactly(3L, 4095L);
        assertThat(positions.open(RUN, 4097, 9001, 9)).containsExactly(4096L, 8999L, 9000L);
        assertThat(positions.open(RUN, 0, 0, 9)).isEmpty();
    }

    private <V> KeyValueStore<String, V> store(String name, Serde<V> values) {
        KeyValueStore<String, V> store =
                StoreKind.MEMORY.store(name, values).withLoggingDisabled().build();
        store.init(context.getStateStoreContext(), store);
        return store;
    }

    private static Sample sample(long position) {
        return new Sample(position, scored(), List.of("level=easy"), null);
    }

    private static Answer scored() {
        return new Answer(Answer.Ending.SCORED, "", List.of());
    }

    private static RunPlan plan(@Nullable String baseline) {
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId("r")
                .setRunId(RUN)
                .setBaseline(
                        baseline == null
                                ? null
                                : BaselinePlan.newBuilder()
                                        .setRunId(baseline)
                                        .setPairs(3)
                                        .build())
                .setPlannedAt(Instant.EPOCH)
                .build();
    }
}
