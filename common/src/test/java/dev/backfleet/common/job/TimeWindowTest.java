package dev.backfleet.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a job's window is open. */
class TimeWindowTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static TimeWindow window(String from, String to, ZoneId zone, DayOfWeek... days) {
        var set = days.length == 0 ? EnumSet.allOf(DayOfWeek.class) : Set.of(days);
        return new TimeWindow(LocalTime.parse(from), LocalTime.parse(to), zone, set);
    }

    private static TimeWindow.Opening opening(String opens, String closes) {
        return new TimeWindow.Opening(Instant.parse(opens), Instant.parse(closes));
    }

    // 2026-03-02 is a Monday.
    @ParameterizedTest
    @CsvSource({
        "2026-03-02T20:59:59Z, 2026-03-02T21:00:00Z, 2026-03-03T05:00:00Z",
        "2026-03-02T21:00:00Z, 2026-03-02T21:00:00Z, 2026-03-03T05:00:00Z",
        "2026-03-03T04:59:59Z, 2026-03-02T21:00:00Z, 2026-03-03T05:00:00Z",
        "2026-03-03T05:00:00Z, 2026-03-03T21:00:00Z, 2026-03-04T05:00:00Z",
        "2026-03-04T12:00:00Z, 2026-03-09T21:00:00Z, 2026-03-10T05:00:00Z",
    })
    void the_days_name_those_on_which_it_opens(Instant now, Instant opens, Instant closes) {
        var nights = window("22:00", "06:00", BERLIN, DayOfWeek.MONDAY, DayOfWeek.TUESDAY);
        assertThat(nights.at(now)).isEqualTo(new TimeWindow.Opening(opens, closes));
    }

    @Test
    void the_night_in_which_the_clocks_go_forward_is_an_hour_shorter_and_the_other_an_hour_longer() {
        var nights = window("22:00", "06:00", BERLIN);
        assertThat(nights.at(Instant.parse("2026-03-28T21:30:00Z")))
                .isEqualTo(opening("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"));
        assertThat(nights.at(Instant.parse("2026-10-24T21:30:00Z")))
                .isEqualTo(opening("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"));
    }

    @Test
    void a_time_that_the_clocks_skip_is_moved_and_a_window_of_which_nothing_is_left_does_not_open() {
        var before = Instant.parse("2026-03-28T12:00:00Z");
        assertThat(window("02:30", "05:00", BERLIN).at(before))
                .isEqualTo(opening("2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z"));
        assertThat(window("02:30", "03:15", BERLIN).at(before).opens()).isEqualTo("2026-03-30T00:30:00Z");
    }

    @Test
    void openings_that_follow_each_other_are_one() {
        var weekends = window("00:00", "00:00", ZoneId.of("UTC"), DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);
        assertThat(weekends.at(Instant.parse("2026-03-05T00:00:00Z")))
                .isEqualTo(opening("2026-03-07T00:00:00Z", "2026-03-09T00:00:00Z"));
    }

    @Test
    void whatever_the_moment_an_opening_ends_after_it_and_moments_in_it_agree() {
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++) {
            var window = new TimeWindow(
                    LocalTime.ofSecondOfDay(random.nextInt(1_440) * 60L),
                    LocalTime.ofSecondOfDay(random.nextInt(1_440) * 60L),
                    BERLIN,
                    EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)), DayOfWeek.SUNDAY));
            var now = Instant.parse("2026-01-01T00:00:00Z").plus(random.nextInt(400 * 24 * 60), ChronoUnit.MINUTES);
            var opening = window.at(now);
            assertThat(opening.closes())
                    .as("%s at %s", window, now)
                    .isAfter(now)
                    .isAfter(opening.opens());
            assertThat(window.at(opening.opens())).isEqualTo(opening);
            assertThat(Duration.between(now, opening.opens())).isLessThan(Duration.ofDays(8));
        }
    }

    @Test
    void it_is_stored_as_it_was() {
        var window = window("22:00", "06:00", BERLIN, DayOfWeek.MONDAY);
        assertThat(TimeWindow.JSON.read(TimeWindow.JSON.write(window))).isEqualTo(window);
    }
}
