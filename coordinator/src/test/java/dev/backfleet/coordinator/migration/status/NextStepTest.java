package dev.backfleet.coordinator.migration.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.ShellWord;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.Refusal;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.migration.watch.WatchStatus;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which command takes a migration on. */
class NextStepTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", quoteCharacter = '"', delimiter = '|', textBlock = """
            PLANNED     | -       | -         | 'backfleet migration apply' again, when the cause is fixed: finish.check.c has failed with 23514
            BACKFILLING | -       | HALTED    | 'backfleet quarantine 10' shows the rejected rows; 'backfleet resume 10' goes on
            BACKFILLING | -       | PAUSED    | 'backfleet resume 10'
            BACKFILLING | -       | FAILED    | 'backfleet migration abort m'; 'backfleet status 10' says why its job is FAILED
            BACKFILLING | -       | SUCCEEDED | 'backfleet migration apply' again
            FINISHED    | DRIFT   | SUCCEEDED | 'backfleet reconcile 10 --repair'
            READY       | DRIFT   | SUCCEEDED | 'backfleet reconcile 10 --repair'
            FINISHED    | INCOMPLETE | SUCCEEDED | 'backfleet migration apply' again
            READY       | INCOMPLETE | SUCCEEDED | 'backfleet migration apply' again
            READY       | SAFE    | SUCCEEDED | 'backfleet migration cutover m' switches reads
            CUTTING     | SAFE    | SUCCEEDED | 'backfleet migration cutover m', when this step
            CUTTING     | DRIFT   | SUCCEEDED | 'backfleet migration cutover m', when this step has been on for its soak time; it holds back
            CUTTING     | INCOMPLETE | SUCCEEDED | 'backfleet reconcile 10': the gate refuses
            CUT         | SAFE    | SUCCEEDED | 'backfleet migration contract m' says
            CUT         | DRIFT   | SUCCEEDED | 'backfleet reconcile 10', after the wrong rows that --show names
            CUT         | INCOMPLETE | SUCCEEDED | 'backfleet reconcile 10'
            RENAMED     | -       | SUCCEEDED | 'backfleet migration contract m --drop'
            """)
    void each_state_names_its_command(
            MigrationState state, @Nullable GateVerdict verdict, @Nullable JobState job, String says) {
        assertThat(next(status(state, null, null, null), gate(verdict), job)).startsWith(says);
    }

    @Test
    void nothing_is_asked_for_while_something_is_at_work_or_nothing_comes() {
        assertThat(next(status(MigrationState.PLANNED, 17, null, null), null, null))
                .isNull();
        assertThat(next(status(MigrationState.ABORTED, null, null, null), null, null))
                .isNull();
        var auto = new WatchStatus("auto", 60, null, null, List.of());
        assertThat(next(status(MigrationState.CUTTING, null, null, auto), null, null))
                .as("the coordinator takes it")
                .isNull();
    }

    @Test
    void a_tenant_that_is_held_back_at_the_last_step_is_switched_by_name_whoever_takes_the_steps() {
        for (var promote : List.of("auto", "manual")) {
            var watch = new WatchStatus(promote, 60, null, null, List.of());
            var cutting = status(MigrationState.CUTTING, null, null, watch);
            assertThat(next(cutting.with(flag(Map.of("it's 8", false)), watch), null, null))
                    .isEqualTo("'backfleet migration cutover m --tenant " + ShellWord.of("it's 8")
                            + "', when its rows are right: 'backfleet reconcile 10 --show'");
            assertThat(next(cutting.with(flag(Map.of("9", false, "8", false, "7", true)), watch), null, null))
                    .startsWith("'backfleet migration cutover m --tenant 8'")
                    .endsWith("and so for each of the 2 tenants");
        }
    }

    @Test
    void what_is_waited_for_names_no_command_since_the_next_step_does() {
        var states = List.of(MigrationState.PLANNED, MigrationState.BACKFILLING, MigrationState.READY);
        for (var state : states) {
            var detail = new MigrationDetail(
                    status(state, null, null, null), gate(GateVerdict.DRIFT), List.of(), List.of(), null);
            assertThat(detail.waits()).isNotNull().doesNotContain("'backfleet");
        }
        assertThat(status(MigrationState.CUTTING, null, null, null)
                        .with(flag(Map.of("8", false)), null)
                        .waits())
                .isEqualTo(
                        "the tenant 8, which goes on with the old shape: no step switches a tenant that is held back");
    }

    @Test
    void after_a_refusal_its_code_and_its_remedy_are_told() {
        var refused = status(MigrationState.EXPANDED, null, null, null)
                .refused(new Refusal("gate-closed", "finish.index.i: no\n  more", "name it", Instant.EPOCH));
        assertThat(refused.waits())
                .isEqualTo(
                        "a command: none is at work; the last one could not go on (gate-closed): finish.index.i: no");
        assertThat(next(refused.with(List.of()), null, null))
                .isEqualTo("'backfleet migration apply' again, after this: name it");
        assertThat(status(MigrationState.CUT, null, null, null)
                        .refused(new Refusal("invalid", "no", null, Instant.EPOCH))
                        .waits())
                .isEqualTo("a correction: the last apply could not go on (invalid): no");
    }

    private static FlagState flag(Map<String, Boolean> tenants) {
        return new FlagState("m", true, BigDecimal.valueOf(100), tenants, 1, Instant.EPOCH, "ann", null);
    }

    @Test
    void a_lost_sync_needs_an_abort() {
        for (var state : List.of(MigrationState.SYNCED, MigrationState.BACKFILLING, MigrationState.READY)) {
            assertThat(next(status(state, null, "a trigger is missing", null), gate(GateVerdict.DRIFT), null))
                    .startsWith("'backfleet migration abort m', then 'backfleet migration apply'");
        }
    }

    @Test
    void what_is_left_of_a_migration_that_has_ended_is_its_flag() {
        var contracted = status(MigrationState.CONTRACTED, null, null, null);
        assertThat(next(contracted, null, null)).isNull();
        assertThat(next(contracted.with(flag(Map.of()), null), null, null))
                .startsWith("'backfleet migration flags rm m'");
    }

    @Test
    void a_renaming_that_hurts_is_taken_back() {
        var signal =
                new WatchStatus.SignalStatus("rollbacks", "2x/5x", "1", "7", "2", "5", "hard", Instant.EPOCH, null);
        var watch = new WatchStatus("manual", 60, null, null, List.of(signal));
        assertThat(next(status(MigrationState.RENAMED, null, null, watch), gate(GateVerdict.SAFE), null))
                .startsWith("'backfleet migration contract m --undo'");
    }

    @Test
    void a_lost_sync_takes_no_further_step_when_tenants_read_the_new_shape() {
        for (var state : List.of(MigrationState.CUTTING, MigrationState.CUT, MigrationState.RENAMED)) {
            assertThat(next(status(state, null, "a trigger is disabled", null), gate(GateVerdict.SAFE), null))
                    .as("an abort would lose what was written in the new shape")
                    .startsWith("put back what the problem names, then 'backfleet reconcile 10'");
        }
    }

    @Test
    void without_a_way_back_each_step_of_the_cutover_has_to_accept_that() {
        for (var state : List.of(MigrationState.READY, MigrationState.CUTTING)) {
            assertThat(NextStep.of(status(state, null, null, null), gate(GateVerdict.SAFE), null, true))
                    .startsWith("'backfleet migration cutover m --one-way'");
        }
    }

    private static @Nullable String next(MigrationStatus migration, @Nullable GateAnswer gate, @Nullable JobState job) {
        return NextStep.of(migration, gate, job, false);
    }

    private static @Nullable GateAnswer gate(@Nullable GateVerdict verdict) {
        return verdict == null
                ? null
                : new GateAnswer(10, "m", null, verdict, List.of("because"), List.of(), null, null);
    }

    private static MigrationStatus status(
            MigrationState state, @Nullable Integer appliedBy, @Nullable String problem, @Nullable WatchStatus watch) {
        var failed = new StepStatus(
                "finish.check.c",
                "FINISH",
                "checks",
                StepState.FAILED,
                1,
                0,
                0,
                0,
                null,
                "23514",
                "no",
                null,
                null,
                null);
        return new MigrationStatus(
                1,
                "m",
                "public.t",
                state,
                Instant.EPOCH,
                null,
                null,
                appliedBy,
                problem,
                null,
                10L,
                Instant.EPOCH,
                "ann",
                List.of(failed),
                watch,
                null);
    }
}
