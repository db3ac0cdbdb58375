package dev.backfleet.coordinator.migration.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the status concludes from what is stored and what sessions do. */
class MigrationDetailTest {
    private static final TableWork BUILD =
            new TableWork(4711, "ada", "backfleet migration", "t", "building index", 40, null, 3L);

    @Test
    void a_step_is_interrupted_when_neither_a_command_nor_a_session_goes_on_with_it() {
        var interrupted = detail(MigrationState.BACKFILLING, StepState.RUNNING, null, List.of());
        assertThat(interrupted.interrupted()).isNotNull().satisfies(step -> assertThat(step.step())
                .isEqualTo("finish.index.i"));
        assertThat(detail(MigrationState.BACKFILLING, StepState.RUNNING, 17, List.of())
                        .interrupted())
                .isNull();
        assertThat(detail(MigrationState.BACKFILLING, StepState.RUNNING, null, List.of(BUILD))
                        .interrupted())
                .as("the server goes on with the build")
                .isNull();
        assertThat(BUILD.wordsWithTime())
                .isEqualTo("pid 4711, user ada, application backfleet migration on t: building index, 40 %, for 3s");
    }

    @Test
    void what_others_have_made_is_left_by_an_abort() {
        assertThat(detail(MigrationState.ABORTED, StepState.FOUND_DONE, null, List.of())
                        .left())
                .containsExactly("finish.index.i");
        assertThat(detail(MigrationState.ABORTED, StepState.UNDONE, null, List.of())
                        .left())
                .isEmpty();
        assertThat(detail(MigrationState.READY, StepState.FOUND_DONE, null, List.of())
                        .left())
                .isEmpty();
    }

    private static MigrationDetail detail(
            MigrationState state, StepState step, @Nullable Integer appliedBy, List<TableWork> work) {
        var one = new StepStatus(
                "finish.index.i", "FINISH", "builds", step, 0, 0, 0, 0, null, null, null, null, null, null);
        var status = new MigrationStatus(
                1,
                "m",
                "public.t",
                state,
                Instant.EPOCH,
                null,
                null,
                appliedBy,
                null,
                null,
                10L,
                Instant.EPOCH,
                "ann",
                List.of(one),
                null,
                null);
        return new MigrationDetail(status, null, work, List.of(), null);
    }
}
