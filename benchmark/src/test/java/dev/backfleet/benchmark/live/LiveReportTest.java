package dev.backfleet.benchmark.live;

import static dev.backfleet.benchmark.live.LiveWay.FIXED_RATE;
import static dev.backfleet.benchmark.live.LiveWay.FULL_SPEED;
import static dev.backfleet.benchmark.live.LiveWay.ONE_UPDATE;
import static dev.backfleet.benchmark.live.LiveWay.RECONCILE;
import static dev.backfleet.benchmark.live.LiveWay.THROTTLED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.benchmark.report.Spread;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bars and the table. */
class LiveReportTest {
    private final LiveComparison comparison = new LiveComparison();

    @Test
    void slowdowns_are_by_what_the_application_was_alone_just_before() {
        // The machine was ten times as busy in the second round, for both.
        measured(FULL_SPEED, 1, 3, 9, 0);
        measured(FULL_SPEED, 2, 30, 90, 0);

        assertThat(report().ways().get(0).slowdown()).isEqualTo(new Spread(3, 3, 3));
    }

    @Test
    void full_speed_may_cost_four_times_the_p99_in_the_median() {
        measured(FULL_SPEED, 1, 2, 8, 0);
        assertThat(report().met()).isTrue();

        measured(FULL_SPEED, 2, 2, 8.1, 0);
        assertThat(report().met()).isFalse();
    }

    @Test
    void one_failed_transaction_beside_backfleet_in_one_of_the_rounds_misses_the_bar() {
        for (int round = 1; round <= 3; round++) {
            measured(FIXED_RATE, round, 2, 2, round == 2 ? 1 : 0);
        }
        assertThat(report().met()).isFalse();
    }

    @Test
    void throttled_it_may_cost_half_as_much_again_and_must_keep_three_tenths_of_its_speed() {
        measured(FULL_SPEED, 1, 2, 8, 0);
        measured(THROTTLED, 1, 2, 3, 0, 300);
        assertThat(report().met()).isTrue();

        measured(FULL_SPEED, 2, 2, 8, 0);
        measured(THROTTLED, 2, 2, 3, 0, 290);
        assertThat(report().met()).isFalse();
    }

    @Test
    void beside_a_reconcile_the_p99_may_be_a_tenth_higher() {
        measured(RECONCILE, 1, 2, 2.2, 0);
        assertThat(report().met()).isTrue();

        measured(RECONCILE, 2, 2, 2.21, 0);
        assertThat(report().met()).isFalse();
    }

    @Test
    void what_others_do_to_the_application_misses_no_bar() {
        measured(ONE_UPDATE, 1, 2, 9_000, 5);
        assertThat(report().met()).isTrue();
    }

    @Test
    void the_report_has_a_line_for_each_way_and_names_the_missed_limits() {
        measured(ONE_UPDATE, 1, 2, 12_000, 0);
        measured(FULL_SPEED, 1, 2, 9, 0);

        assertThat(report().render()).isEqualTo("""
                BESIDE                 P50 MS  P99 MS  P99.9 MS  MAX MS  P99/ALONE  ERRORS  ROWS/S
                nothing                   1.0     2.0       2.0     2.0          -       0       -
                one UPDATE              6,000  12,000    12,000  12,000    6000.00       0     500
                Backfleet, full speed     4.5     9.0       9.0     9.0       4.50       0     500

                BAR              BESIDE                 MEDIAN  (MIN-MAX)      EXPECTED
                p99 / p99 alone  Backfleet, full speed    4.50  4.50-4.50  at most 4.00  MISSED
                errors           Backfleet, full speed    0.00  0.00-0.00  at most 0.00  met
                """);
    }

    private LiveReport report() {
        return LiveReport.of(1_000, 1, 400, comparison);
    }

    private void measured(LiveWay way, int round, double p99Alone, double p99, long failed) {
        measured(way, round, p99Alone, p99, failed, 1_000);
    }

    private void measured(LiveWay way, int round, double p99Alone, double p99, long failed, long rows) {
        var slowdown = p99 / p99Alone;
        comparison.add(new LiveMeasurement(
                way,
                round,
                traffic(p99Alone, 0),
                traffic(p99, failed),
                new Spread(slowdown, slowdown, slowdown),
                new Changed(rows, 2, true)));
    }

    private static Traffic traffic(double p99, long failed) {
        Map<String, Long> errors = failed == 0 ? Map.of() : Map.of("40P01", failed);
        return new Traffic(1_000, p99 / 2, p99, p99, p99, errors);
    }
}
