package dev.backfleet.coordinator.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateFacts;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import dev.backfleet.coordinator.query.reconcile.Pass;
import dev.backfleet.coordinator.query.reconcile.WrongRowCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The verdict follows from what is stored, and says what is not SAFE about it. */
class GateFactsTest {
    private static final Instant END = Instant.parse("2026-11-30T07:00:00Z");
    private static final WrongRowCounts CLEAN = new WrongRowCounts(0, 0, 0, 0, 0, 0, 0, 0, null);

    private static Pass pass(Instant started) {
        return new Pass(9, started, started.plusSeconds(60), 600, 1_000, 1_000, null);
    }

    private static GateFacts facts(
            JobState state, long quarantined, @Nullable Pass pass, @Nullable WrongRowCounts rows, long foreign) {
        return new GateFacts(7, "j", state, END, quarantined, pass, rows, null, foreign, null);
    }

    private static GateAnswer answer(GateFacts facts) {
        return facts.answer(null, Optional.empty());
    }

    @Test
    void a_clean_pass_after_the_end_is_safe() {
        var answer = answer(facts(JobState.SUCCEEDED, 0, pass(END.plusSeconds(1)), CLEAN, 0));
        assertThat(answer.verdict()).isEqualTo(GateVerdict.SAFE);
        assertThat(answer.reasons()).isEmpty();
    }

    @Test
    void whatever_may_hide_a_wrong_row_makes_it_incomplete() {
        var after = pass(END.plusSeconds(1));
        assertIncomplete(facts(JobState.SUCCEEDED, 0, null, null, 0), "no reconcile of the job has finished");
        assertIncomplete(facts(JobState.SUCCEEDED, 2, after, CLEAN, 0), "2 rows of the job are in quarantine");
        assertIncomplete(facts(JobState.RUNNING, 0, after, CLEAN, 0), "the job is RUNNING");
        assertIncomplete(facts(JobState.SUCCEEDED, 0, after, CLEAN, 1), "a partition is a foreign table");
        assertIncomplete(facts(JobState.SUCCEEDED, 0, pass(END.minusSeconds(1)), CLEAN, 0), "has run again");
        assertIncomplete(
                facts(JobState.SUCCEEDED, 0, after, new WrongRowCounts(0, 0, 0, 1, 0, 0, 0, 0, null), 0),
                "1 row was in quarantine");
    }

    private static void assertIncomplete(GateFacts facts, String reason) {
        var answer = answer(facts);
        assertThat(answer.verdict()).isEqualTo(GateVerdict.INCOMPLETE);
        assertThat(answer.reasons()).singleElement().asString().contains(reason);
    }

    @Test
    void a_wrong_row_of_any_kind_is_drift_whatever_else_there_is() {
        for (var rows : new WrongRowCounts[] {
            new WrongRowCounts(1, 0, 0, 0, 1, 0, 0, 0, null),
            new WrongRowCounts(0, 1, 0, 0, 0, 1, 0, 0, null),
            new WrongRowCounts(0, 0, 1, 0, 0, 0, 1, 0, null)
        }) {
            assertThat(answer(facts(JobState.SUCCEEDED, 3, pass(END.plusSeconds(1)), rows, 0))
                            .verdict())
                    .isEqualTo(GateVerdict.DRIFT);
        }
    }

    @Test
    void rows_that_only_the_new_shape_holds_are_safe_and_said() {
        var rows = new WrongRowCounts(0, 0, 0, 0, 0, 0, 0, 0, 2L);
        var answer = answer(facts(JobState.SUCCEEDED, 0, pass(END.plusSeconds(1)), rows, 0));
        assertThat(answer.verdict()).isEqualTo(GateVerdict.SAFE);
        assertThat(answer.notes())
                .containsExactly("2 rows hold in the new shape what the old one cannot say:"
                        + " an abort of the migration would lose that");
    }

    @Test
    void a_pass_may_be_as_old_as_is_permitted_and_no_older() {
        var facts = facts(JobState.SUCCEEDED, 0, pass(END.plusSeconds(1)), CLEAN, 0);
        assertThat(facts.answer(null, Optional.of(Duration.ofMinutes(10))).verdict())
                .isEqualTo(GateVerdict.SAFE);
        assertThat(facts.answer(null, Optional.of(Duration.ofSeconds(599))).verdict())
                .isEqualTo(GateVerdict.INCOMPLETE);
    }
}
