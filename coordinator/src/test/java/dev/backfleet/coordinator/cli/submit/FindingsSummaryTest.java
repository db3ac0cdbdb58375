package dev.backfleet.coordinator.cli.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a submission would be refused is said of the findings for which it would be. */
class FindingsSummaryTest {
    private static final Finding REFUSED = Finding.of(FindingCode.COLUMN_SET_BY_JOB, "so");
    private static final Finding OF_PLAN = Finding.of(FindingCode.TRIAL_BATCHES_REJECTED, "so");
    private static final Finding WARNING = Finding.of(FindingCode.NO_WHERE, "so");

    @Test
    void an_error_that_a_submission_finds_refuses_it() {
        assertThat(PlanText.summary(List.of(REFUSED, OF_PLAN, WARNING)))
                .isEqualTo("2 errors, 1 warning: 'backfleet submit' refuses the spec, unless --force is given");
    }

    @Test
    void an_error_that_only_a_plan_finds_does_not() {
        assertThat(PlanText.summary(List.of(OF_PLAN, WARNING)))
                .isEqualTo(
                        "1 error, 1 warning: only a plan looks for such errors, and 'backfleet submit' does not refuse"
                                + " the spec for them");
        assertThat(OF_PLAN.refuses()).isFalse();
        assertThat(OF_PLAN.endangersRows()).isTrue();
    }

    @Test
    void of_warnings_nothing_follows() {
        assertThat(PlanText.summary(List.of(WARNING))).isEqualTo("1 warning");
        assertThat(PlanText.summary(List.of())).isEqualTo("none");
    }
}
