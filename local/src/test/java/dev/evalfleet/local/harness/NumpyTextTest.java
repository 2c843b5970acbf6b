package dev.evalfleet.local.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What NumPy 2 prints of the same arrays.
class NumpyTextTest {
    @Test
    void numbersOfOneSizeStandInColumns() {
        assertThat(NumpyText.of(new double[] {0.25, 0.5, 0.25})).isEqualTo("[0.25 0.5  0.25]");
        assertThat(NumpyText.of(new double[] {1.0, 0.0})).isEqualTo("[1. 0.]");
        assertThat(NumpyText.of(new double[] {0.039317794, 0.36361339, 0.59409318, 0.00297563}))
                .isEqualTo("[0.03931779 0.36361339 0.59409318 0.00297563]");
        assertThat(NumpyText.of(new double[] {10.5, 0.125})).isEqualTo("[10.5    0.125]");
    }

    @Test
    void numbersFarApartHaveExponents() {
        assertThat(NumpyText.of(new double[] {0.999676409123, 0.000323591175}))
                .isEqualTo("[9.99676409e-01 3.23591175e-04]");
        assertThat(NumpyText.of(new double[] {1.0, 3.3333333333333335e-05}))
                .isEqualTo("[1.00000000e+00 3.33333333e-05]");
        assertThat(NumpyText.of(new double[] {0.5, 1e-05})).isEqualTo("[5.e-01 1.e-05]");
        assertThat(NumpyText.of(new double[] {1e-120, 1.0})).isEqualTo("[1.e-120 1.e+000]");
        assertThat(NumpyText.of(new double[] {0.0, 1e-09})).isEqualTo("[0.e+00 1.e-09]");
    }

    @Test
    void longLinesAreBroken() {
        assertThat(NumpyText.of(new double[] {
                    3.3333333333333334e-08,
                    6.666666666666667e-08,
                    1e-07,
                    1.3333333333333334e-07,
                    1.6666666666666665e-07,
                    2e-07,
                    2.3333333333333333e-07,
                    2.6666666666666667e-07,
                    3e-07
                }))
                .isEqualTo(
                        "[3.33333333e-08 6.66666667e-08 1.00000000e-07 1.33333333e-07\n 1.66666667e-07 2.00000000e-07 2.33333333e-07 2.66666667e-07\n 3.00000000e-07]");
        assertThat(NumpyText.of(new double[] {
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333,
                    0.03333333333333333
                }))
                .isEqualTo(
                        "[0.03333333 0.03333333 0.03333333 0.03333333 0.03333333 0.03333333\n 0.03333333 0.03333333]");
    }
}
