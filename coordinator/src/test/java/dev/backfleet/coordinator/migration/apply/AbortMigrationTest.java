package dev.backfleet.coordinator.migration.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.NewOnly;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an abort takes back and what it leaves, and when rows would lose something by it. */
class AbortMigrationTest {
    private static final Actor ANN = Actor.commandLine("ann");

    private final FakeMigration world = new FakeMigration();

    private void apply() throws InterruptedException {
        world.apply().run(ANN, FakeMigration.file(FakeMigration.FILE), true, new RecordedProgress());
    }

    @Test
    void an_abort_takes_back_what_it_has_made_in_the_opposite_order_and_leaves_what_others_have()
            throws InterruptedException {
        world.there.add("expand.first");
        apply();
        world.executed.clear();
        var progress = new RecordedProgress();

        abort(false, progress);

        assertThat(world.executed).containsExactly("drop index", "drop trigger", "drop second");
        assertThat(progress.left).containsExactly("expand.first");
        assertThat(world.foundDone).as("for the status").contains("expand.first");
        assertThat(world.state()).isEqualTo(MigrationState.ABORTED);
        assertThat(world.jobEnds).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void an_abort_that_would_lose_what_only_the_new_shape_holds_has_to_be_accepted() throws InterruptedException {
        apply();
        world.newOnly = Optional.of(new NewOnly(3, Instant.EPOCH));
        var progress = new RecordedProgress();

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> abort(false, progress))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.GATE_CLOSED))
                .withMessageContaining("3 rows hold in the new shape what the old one cannot say")
                .withMessageContaining("--discard-new-only");
        assertThat(world.state()).isEqualTo(MigrationState.READY);
        assertThat(world.jobEnds).as("nothing was done").isEqualTo(JobState.SUCCEEDED);

        world.newOnly = Optional.of(new NewOnly(0, Instant.EPOCH));
        world.takenBack = Optional.of(Instant.EPOCH.plusSeconds(1));
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> abort(false, progress))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.GATE_CLOSED))
                .withMessageContaining("are not counted since; 'backfleet reconcile 10' counts them");

        world.newOnly = Optional.of(new NewOnly(3, Instant.EPOCH));
        abort(true, progress);
        assertThat(world.state()).isEqualTo(MigrationState.ABORTED);
    }

    @Test
    void an_abort_after_a_reconcile_that_has_counted_no_such_row_needs_no_word() throws InterruptedException {
        apply();
        world.newOnly = Optional.of(new NewOnly(0, Instant.EPOCH.plusSeconds(2)));
        world.takenBack = Optional.of(Instant.EPOCH.plusSeconds(1));
        abort(false, new RecordedProgress());
        assertThat(world.state()).isEqualTo(MigrationState.ABORTED);
    }

    @Test
    void after_reads_were_switched_an_abort_whose_loss_no_reconcile_counts_has_to_be_accepted()
            throws InterruptedException {
        apply();
        world.takenBack = Optional.of(Instant.EPOCH.plusSeconds(1));
        var progress = new RecordedProgress();

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> abort(false, progress))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.GATE_CLOSED))
                .withMessageContaining("no reconcile of this migration counts such rows")
                .withMessageContaining("--discard-new-only");
        assertThat(world.state()).isEqualTo(MigrationState.READY);

        abort(true, progress);
        assertThat(world.state()).isEqualTo(MigrationState.ABORTED);
    }

    @Test
    void of_a_table_that_was_dropped_only_the_job_and_the_state_are_left() throws InterruptedException {
        apply();
        world.executed.clear();
        world.newOnly = Optional.of(new NewOnly(3, Instant.EPOCH));
        world.dropped = true;

        abort(false, new RecordedProgress());

        assertThat(world.executed).isEmpty();
        assertThat(world.jobEnds).isEqualTo(JobState.CANCELLED);
        assertThat(world.state()).isEqualTo(MigrationState.ABORTED);
    }

    private void abort(boolean discards, RecordedProgress progress) throws InterruptedException {
        new AbortMigration(
                        world,
                        world,
                        world,
                        source -> FakeMigration.file(source).migration(),
                        name -> world.takenBack,
                        duration -> {})
                .run(ANN, "split-names", discards, progress);
    }
}
