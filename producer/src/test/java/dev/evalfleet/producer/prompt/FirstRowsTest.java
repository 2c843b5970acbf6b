package dev.evalfleet.producer.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FirstRowsTest {
    private final FirstRows rows = new FirstRows();

    @Test
    void aTextIsFirstSeenInTheRowItComesWith() {
        assertThat(rows.firstRowOf("a", 0)).isEqualTo(0);
        assertThat(rows.firstRowOf("b", 1)).isEqualTo(1);
    }

    @Test
    void aTextThatComesAgainWasSeenWhereItCameFirst() {
        for (int row = 0; row < 20_000; row++) {
            assertThat(rows.firstRowOf("text " + row, row)).isEqualTo(row);
        }
        for (int row = 0; row < 20_000; row++) {
            assertThat(rows.firstRowOf("text " + row, 20_000 + row)).isEqualTo(row);
        }
    }
}
