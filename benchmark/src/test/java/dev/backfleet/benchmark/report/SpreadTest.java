package dev.backfleet.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Medians. */
class SpreadTest {

    @Test
    void the_median_of_an_odd_number_is_the_middle_one() {
        assertThat(Spread.of(DoubleStream.of(9, 1, 2))).isEqualTo(new Spread(2, 1, 9));
    }

    @Test
    void the_median_of_an_even_number_lies_between_the_middle_two() {
        assertThat(Spread.of(DoubleStream.of(4, 1, 2, 9))).isEqualTo(new Spread(3, 1, 9));
    }

    @Test
    void nothing_has_no_median() {
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(DoubleStream.empty()));
    }
}
