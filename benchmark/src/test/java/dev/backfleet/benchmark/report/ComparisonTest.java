package dev.backfleet.benchmark.report;

import static dev.backfleet.benchmark.report.Way.ONE_UPDATE;
import static dev.backfleet.benchmark.report.Way.RANGE_LOOPS;
import static dev.backfleet.benchmark.report.Way.TWO_WORKERS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Ratios, bars and the table. */
class ComparisonTest {
    private static final long ROWS = 1_000;

    private final Comparison comparison = new Comparison();

    @Test
    void ratios_are_taken_round_by_round_and_not_from_medians() {
        // The machine was ten times as busy in the second round, for both.
        measured(RANGE_LOOPS, 1, 1);
        measured(TWO_WORKERS, 1, 1.25);
        measured(TWO_WORKERS, 2, 12.5);
        measured(RANGE_LOOPS, 2, 10);

        assertThat(comparison.ratios())
                .containsExactly(new Ratio(TWO_WORKERS, RANGE_LOOPS, new Spread(0.8, 0.8, 0.8), 0.85, false));
    }

    @Test
    void a_bar_is_met_by_the_median() {
        measured(ONE_UPDATE, 1, 2);
        measured(TWO_WORKERS, 1, 1);
        measured(ONE_UPDATE, 2, 1);
        measured(TWO_WORKERS, 2, 1);
        measured(ONE_UPDATE, 3, 1.4);
        measured(TWO_WORKERS, 3, 1);

        assertThat(comparison.ratios()).singleElement().satisfies(ratio -> {
            assertThat(ratio.speed()).isEqualTo(new Spread(1.4, 1, 2));
            assertThat(ratio.met()).isTrue();
        });
    }

    @Test
    void the_report_has_a_line_for_each_way_and_names_the_missed_limits() {
        measured(RANGE_LOOPS, 1, 1);
        measured(TWO_WORKERS, 1, 2);

        var report = ComparisonReport.of(ROWS, 1, comparison, List.of(), 0);

        assertThat(report.met()).isFalse();
        assertThat(report.render()).isEqualTo("""
                WAY                                    OF THE ROWS  SECONDS  ROWS/S    (MIN-MAX)  WAL B/ROW
                2 loops in the server over key ranges         100%      1.0   1,000  1,000-1,000        400
                Backfleet, 2 workers x 1 slot                 100%      2.0     500      500-500        400

                RATIO                                                                  MEDIAN  (MIN-MAX)   BAR
                Backfleet, 2 workers x 1 slot / 2 loops in the server over key ranges    0.50  0.50-0.50  0.85  MISSED
                """);
    }

    @Test
    void a_worker_that_is_too_large_misses_a_bar() {
        assertThat(ComparisonReport.of(ROWS, 1, comparison, List.of(), 200_000_001)
                        .met())
                .isFalse();
        assertThat(ComparisonReport.of(ROWS, 1, comparison, List.of(), 200_000_000)
                        .met())
                .isTrue();
    }

    private void measured(Way way, int round, double seconds) {
        comparison.add(new Measurement(way, round, ROWS, seconds, ROWS * 400));
    }
}
