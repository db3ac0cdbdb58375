package dev.backfleet.common.unit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times on the screen. */
class HumanTextTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0s",
        "40, 70, 40-70s",
        "57, 130, <3m",
        "61, 179, 1-3m",
        "120, 120, 2m",
        "5900, 6000, 1-2h",
        "10800, 36000, 3-10h",
        "500000, 600000, 5-7d"
    })
    void a_time_between_two_is_rounded_outwards_to_one_unit(long low, long high, String text) {
        assertThat(HumanText.between(low, high)).isEqualTo(text);
    }
}
