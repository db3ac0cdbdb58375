package dev.backfleet.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of planning. */
class PlanReportTest {

    @Test
    void a_plan_of_more_than_a_second_misses_the_bar() {
        assertThat(PlanReport.of(List.of(new PlanTime("t", 1, 1, 1.0))).met()).isTrue();
        assertThat(PlanReport.of(List.of(new PlanTime("t", 1, 1, 0.1), new PlanTime("t", 1, 1, 1.1)))
                        .met())
                .isFalse();
    }

    @Test
    void the_cost_is_shown_for_each_shard() {
        assertThat(PlanReport.of(List.of(new PlanTime("customers", 2_000_000, 40, 0.1)))
                        .render())
                .isEqualTo("""
                        TABLE           ROWS  SHARDS   MS  MS/SHARD
                        customers  2,000,000      40  100      2.50

                        bar: 1.0 s: met
                        """);
    }
}
