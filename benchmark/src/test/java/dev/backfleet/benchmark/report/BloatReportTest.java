package dev.backfleet.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.benchmark.bloat.BloatReport;
import dev.backfleet.benchmark.bloat.BloatRun;
import dev.backfleet.benchmark.bloat.BloatWay;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the report of the growth of a table says, and when its bars are met. */
class BloatReportTest {
    private static final BloatRun LOOPS = run(BloatWay.RANGE_LOOPS, 10_000, 1_000, 1, 1);

    @Test
    void passes_are_held_against_the_loops_in_speed_and_log_and_against_fixed_bars_in_growth() {
        var met = BloatReport.of(List.of(LOOPS, run(BloatWay.AUTO, 16_000, 750, 0.25, 0.15)), 4);
        assertThat(met.met()).isTrue();
        assertThat(met.bars()).hasSize(4);
        assertThat(met.render()).contains("rows/s, of the loops': 1.60, bar 1.60: met");

        assertThat(BloatReport.of(List.of(LOOPS, run(BloatWay.AUTO, 15_900, 750, 0.25, 0.15)), 4)
                        .met())
                .isFalse();
        assertThat(BloatReport.of(List.of(LOOPS, run(BloatWay.AUTO, 16_000, 760, 0.25, 0.15)), 4)
                        .met())
                .isFalse();
        assertThat(BloatReport.of(List.of(LOOPS, run(BloatWay.AUTO, 16_000, 750, 0.26, 0.15)), 4)
                        .met())
                .isFalse();
        assertThat(BloatReport.of(List.of(LOOPS, run(BloatWay.AUTO, 16_000, 750, 0.25, 0.16)), 4)
                        .render())
                .contains("growth of the indexes: 0.16, bar 0.15: MISSED");
    }

    @Test
    void where_nothing_is_compared_no_bar_is_met() {
        var own = run(BloatWay.AUTO, 16_000, 750, 0.25, 0.15);
        assertThat(BloatReport.of(List.of(own), 4).met()).isFalse();
        assertThat(BloatReport.of(List.of(LOOPS, own), 0).met()).isFalse();
        assertThat(BloatReport.of(List.of(own), 4).render()).contains("no bar applies");
    }

    private static BloatRun run(BloatWay way, double rows, double wal, double table, double indexes) {
        return new BloatRun(1, way, 16, rows, wal, 0.9, table, indexes);
    }
}
