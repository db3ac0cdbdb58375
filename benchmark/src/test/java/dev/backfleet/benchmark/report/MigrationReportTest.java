package dev.backfleet.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.benchmark.live.Traffic;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report of a migration beside an application says, and when its bar is met. */
class MigrationReportTest {

    @Test
    void the_bar_is_about_what_apply_does_outside_of_its_requests() {
        var met = MigrationReport.of(List.of(time(MigrationWay.APPLY, 3, 400), time(MigrationWay.PLAIN, 9_000, 0)));
        assertThat(met.met()).isTrue();
        assertThat(met.slowdown().median()).isEqualTo(1.5);
        assertThat(met.render())
                .contains("migration apply, outside of its requests")
                .contains("p99 1.50 times that alone (median; bar 1.50: met)")
                .contains("at most 480 ms at a time, 1,900 ms in all");

        var missed = MigrationReport.of(List.of(time(MigrationWay.APPLY, 3.1, 2), time(MigrationWay.PLAIN, 2, 0)));
        assertThat(missed.met()).isFalse();
        assertThat(missed.render()).contains("MISSED");
    }

    private static MigrationTime time(MigrationWay way, double outside, double requests) {
        return new MigrationTime(way, 1, traffic(2), traffic(outside), traffic(requests), 12, 1_900, 480);
    }

    private static Traffic traffic(double p99) {
        return new Traffic(1_000, 1, p99, p99, p99, Map.of());
    }
}
