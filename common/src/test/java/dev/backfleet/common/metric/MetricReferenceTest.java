package dev.backfleet.common.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import org.junit.jupiter.api.Test;

/** The page of metrics is made from the code, and names follow Prometheus' rules. */
class MetricReferenceTest {
    @Test
    void the_page_of_metrics_is_current() {
        GeneratedPage.assertCurrent("docs/reference/metrics.md", MetricReference.page());
    }

    @Test
    void each_name_says_type_and_unit_and_no_label_is_one_of_prometheus_own() {
        assertThat(Metric.all()).allSatisfy(metric -> {
            assertThat(metric.exposedName()).matches("backfleet_[a-z]+(_[a-z]+)*");
            assertThat(metric.exposedName().endsWith("_total")).isEqualTo(metric.type() == MetricType.COUNTER);
            if (metric.unit().equals("seconds")) {
                assertThat(metric.exposedName()).containsPattern("_seconds(_total)?$");
            }
            assertThat(metric.labels()).doesNotContain("job", "instance", "tenant", "shard", "key");
            assertThat(metric.tells()).doesNotEndWith(".").isNotBlank();
        });
        assertThat(Metric.all().stream().map(Metric::exposedName)).doesNotHaveDuplicates();
    }
}
