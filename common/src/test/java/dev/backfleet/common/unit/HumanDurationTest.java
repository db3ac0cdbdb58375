package dev.backfleet.common.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations as people write them. */
class HumanDurationTest {

    @ParameterizedTest
    @CsvSource({
        "100ms, 100, 100ms",
        "1000ms, 1000, 1s",
        "90s, 90000, 90s",
        "2m, 120000, 2m",
        "36h, 129600000, 36h",
        "1d, 86400000, 24h",
        "336h, 1209600000, 14d",
        "0ms, 0, 0s"
    })
    void durations_are_read_and_written_in_the_longest_unit_that_fits(String written, long millis, String shortest) {
        assertThat(HumanDuration.parse(written)).isEqualTo(Duration.ofMillis(millis));
        assertThat(HumanDuration.format(Duration.ofMillis(millis))).isEqualTo(shortest);
    }

    @Test
    void what_is_written_is_read_back() {
        var random = new Random(3);
        for (int round = 0; round < 1_000; round++) {
            var duration = Duration.ofMillis(random.nextInt(1_000_000_000));
            assertThat(HumanDuration.parse(HumanDuration.format(duration))).isEqualTo(duration);
        }
    }

    @Test
    void a_number_alone_has_no_unit() {
        assertThatThrownBy(() -> HumanDuration.parse("100"))
                .isInstanceOf(BadTextException.class)
                .hasMessage("\"100\" has no unit; write 100ms, 2s or 1m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ms", "-1s", "1.5s", "1 s", "1S", "1D", "1w", "1m30s", "9999999999s", "1s "})
    void anything_else_is_not_a_duration(String written) {
        assertThatThrownBy(() -> HumanDuration.parse(written))
                .hasMessage("\"" + written + "\" is not a duration; write 100ms, 2s or 1m");
    }

    @Test
    void only_whole_milliseconds_can_be_written() {
        assertThatThrownBy(() -> HumanDuration.format(Duration.ofNanos(1)))
                .hasMessage("PT0.000000001S is not a whole number of milliseconds");
        assertThatThrownBy(() -> HumanDuration.format(Duration.ofSeconds(-1)))
                .hasMessage("PT-1S is not a whole number of milliseconds");
    }
}
