package dev.evalfleet.loadtest.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.loadtest.scaling.KafkaTrigger.OffsetReset;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class KafkaTriggerTest {
    private static final long NONE = KafkaTrigger.NO_OFFSET;

    @Test
    void saysWhatKedasOwnCodeSays() throws IOException {
        JsonNode vectors = Vectors.read("kafka-trigger.json");

        assertThat(vectors).hasSizeGreaterThan(300);
        for (JsonNode vector : vectors) {
            KafkaTrigger trigger = new KafkaTrigger(
                    vector.get("lagThreshold").asLong(),
                    vector.get("activationLagThreshold").asLong(),
                    OffsetReset.valueOf(vector.get("offsetResetPolicy").asText().toUpperCase(java.util.Locale.ROOT)),
                    vector.get("scaleToZeroOnInvalidOffset").asBoolean(),
                    vector.get("allowIdleConsumers").asBoolean(),
                    vector.get("limitToPartitionsWithLag").asBoolean(),
                    vector.get("ensureEvenDistributionOfPartitions").asBoolean());

            KafkaTrigger.Reading reading = trigger.read(longs(vector.get("ends")), longs(vector.get("committed")));

            assertThat(reading)
                    .as(vector.toString())
                    .isEqualTo(new KafkaTrigger.Reading(
                            vector.get("metric").asLong(), vector.get("active").asBoolean()));
        }
    }

    @Test
    void lagIsLogEndMinusCommittedOverAllPartitions() {
        assertThat(KafkaTrigger.withLagThreshold(10).read(new long[] {25, 7, 9}, new long[] {5, 7, 4}))
                .isEqualTo(new KafkaTrigger.Reading(25, true));
    }

    @Test
    void aGroupWithoutOffsetsHasNoWorkAsTheChartSetsIt() {
        assertThat(KafkaTrigger.withLagThreshold(10).read(new long[] {100, 100}, new long[] {NONE, NONE}))
                .isEqualTo(new KafkaTrigger.Reading(0, false));
    }

    @Test
    void withoutThatSettingAPartitionWithoutOffsetCountsOneOrItsWholeLog() {
        long[] ends = {100, 50};
        long[] committed = {NONE, 50};

        assertThat(trigger(OffsetReset.LATEST).read(ends, committed).metric()).isEqualTo(1);
        assertThat(trigger(OffsetReset.EARLIEST).read(ends, committed).metric()).isEqualTo(100);
    }

    @Test
    void noMoreWorkersThanPartitionsAreAskedForUnlessIdleOnesAreAllowed() {
        long[] ends = {500, 500};
        long[] committed = {0, 0};

        assertThat(KafkaTrigger.withLagThreshold(10).read(ends, committed).metric())
                .isEqualTo(20);
        assertThat(new KafkaTrigger(10, 0, OffsetReset.LATEST, true, true, false, false)
                        .read(ends, committed)
                        .metric())
                .isEqualTo(1000);
    }

    @Test
    void theBoundIsOffByOneWorkerForALagJustAboveItBecauseKedaDividesWhole() {
        // 29 / 10 = 2, not above 2 partitions; the HPA then rounds 2.9 up to 3
        assertThat(KafkaTrigger.withLagThreshold(10)
                        .read(new long[] {29, 0}, new long[] {0, 0})
                        .metric())
                .isEqualTo(29);
    }

    @Test
    void activityBeginsAboveItsThreshold() {
        KafkaTrigger trigger = new KafkaTrigger(10, 5, OffsetReset.LATEST, true, false, false, false);

        assertThat(trigger.read(new long[] {5}, new long[] {0}).active()).isFalse();
        assertThat(trigger.read(new long[] {6}, new long[] {0}).active()).isTrue();
    }

    @Test
    void idleConsumersAndOnlyPartitionsWithLagContradictEachOther() {
        assertThatThrownBy(() -> new KafkaTrigger(1, 0, OffsetReset.LATEST, true, true, true, false))
                .hasMessageContaining("allowIdleConsumers and limitToPartitionsWithLag");
    }

    private static KafkaTrigger trigger(OffsetReset reset) {
        return new KafkaTrigger(10, 0, reset, false, true, false, false);
    }

    private static long[] longs(JsonNode list) {
        long[] values = new long[list.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = list.get(index).asLong();
        }
        return values;
    }
}
