package dev.backfleet.coordinator.migration.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.End;
import dev.backfleet.coordinator.migration.apply.Crashes.Crash;
import dev.backfleet.coordinator.migration.apply.StepTables.StepTable;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How far an apply goes, and that one after a crash at any point ends like an undisturbed one. */
class ApplyMigrationTest {
    private static final Actor ANN = Actor.commandLine("ann");

    private final FakeMigration world = new FakeMigration();

    @Test
    void goes_through_all_states_to_ready() throws InterruptedException {
        var applied = apply(FakeMigration.FILE);

        assertThat(applied.end()).isEqualTo(End.READY);
        assertThat(world.executed).containsExactly("make first", "make second", "make trigger", "make index");
        assertThat(world.moves)
                .containsExactly(
                        MigrationState.EXPANDED,
                        MigrationState.SYNCED,
                        MigrationState.BACKFILLING,
                        MigrationState.FINISHED,
                        MigrationState.READY);
        assertThat(world.submitted).hasSize(1);
        assertThat(world.repeated).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void does_not_do_again_what_is_there() throws InterruptedException {
        world.there.add("expand.second");
        apply(FakeMigration.FILE);
        apply(FakeMigration.FILE);

        assertThat(world.executed).containsExactly("make first", "make trigger", "make index");
        assertThat(world.submitted).hasSize(1);
    }

    @Test
    void a_crash_before_or_after_any_call_changes_nothing_of_the_end() throws InterruptedException {
        for (var crash = 1; ; crash++) {
            var crashed = new FakeMigration();
            var crashes = new Crashes(crash);
            try {
                crashes.apply(FakeMigration.FILE, crashed);
                assertThat(crash)
                        .as("calls before which or after which it crashed")
                        .isGreaterThan(40);
                return;
            } catch (Crash expected) {
                assertThat(new Crashes(0).apply(FakeMigration.FILE, crashed).end())
                        .isEqualTo(End.READY);
            }
            assertThat(crashed.executed)
                    .as("after crash " + crash)
                    .containsExactly("make first", "make second", "make trigger", "make index");
            assertThat(crashed.submitted).as("after crash " + crash).hasSize(1);
        }
    }

    @Test
    void waits_for_a_job_that_has_not_ended_unless_told_not_to() throws InterruptedException {
        world.jobEnds = JobState.RUNNING;

        var applied = apply(world, false);

        assertThat(applied.end()).isEqualTo(End.WAITS);
        assertThat(applied.state()).isEqualTo(MigrationState.BACKFILLING);
        assertThat(applied.waitsFor()).contains("job 10");
    }

    @Test
    void a_job_that_failed_or_has_rows_in_quarantine_keeps_it_from_going_on() throws InterruptedException {
        world.jobEnds = JobState.HALTED;
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.JOB_FAILED);
        world.jobEnds = JobState.SUCCEEDED;
        world.quarantined = 3;
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.QUARANTINED);
        assertThat(world.executed).doesNotContain("make index");
        world.quarantined = 0;
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.READY);
    }

    @Test
    void a_closed_gate_keeps_it_from_being_ready_and_takes_it_back() throws InterruptedException {
        world.verdict = GateVerdict.DRIFT;
        var applied = apply(FakeMigration.FILE);
        assertThat(applied.end()).isEqualTo(End.GATE_CLOSED);
        assertThat(applied.waitsFor()).contains("DRIFT").contains("because");

        world.verdict = GateVerdict.SAFE;
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.READY);
        world.verdict = GateVerdict.DRIFT;
        assertThat(apply(FakeMigration.FILE).state()).isEqualTo(MigrationState.FINISHED);
    }

    @Test
    void a_step_that_was_removed_after_the_migration_was_ready_is_made_again() throws InterruptedException {
        apply(FakeMigration.FILE);
        world.there.remove("finish.index");

        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.READY);
        assertThat(world.executed.stream().filter("make index"::equals)).hasSize(2);
    }

    @Test
    void a_partition_that_comes_meanwhile_gets_its_steps() throws InterruptedException {
        var real = world.table(world);
        var derived = new AtomicInteger();
        var grows = new StepTable() {
            @Override
            public String name() {
                return real.name();
            }

            @Override
            public List<Step> steps() {
                if (derived.incrementAndGet() == 3) {
                    world.steps.add(1, FakeMigration.step(Phase.EXPAND, "of the partition"));
                }
                return real.steps();
            }

            @Override
            public StepExecutor executor(long migration) {
                return world;
            }
        };

        FakeMigration.apply(world, world, FakeMigration.tables(grows), world)
                .run(ANN, FakeMigration.file(FakeMigration.FILE), true, new RecordedProgress());

        assertThat(world.executed).contains("make of the partition");
    }

    @Test
    void a_sync_that_others_have_removed_is_not_made_again_in_silence() throws InterruptedException {
        apply(FakeMigration.FILE);
        world.there.remove("sync.trigger");

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE))
                .withMessageContaining("sync.trigger is no longer as it was made");
        assertThat(world.executed.stream().filter("make trigger"::equals)).hasSize(1);
        world.standings.put("sync.trigger", "a trigger of the sync is disabled");
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE))
                .withMessageContaining("(a trigger of the sync is disabled), so rows that were written since");
    }

    @Test
    void the_steps_are_derived_at_most_twice_for_each_phase() throws InterruptedException {
        apply(FakeMigration.FILE);

        assertThat(world.derived).isLessThanOrEqualTo(2 * Phase.values().length);
    }

    @Test
    void what_the_file_has_got_since_is_made_while_tenants_read_the_new_shape() throws InterruptedException {
        apply(FakeMigration.FILE);
        world.move(1, MigrationState.READY, MigrationState.CUTTING, ANN);
        world.move(1, MigrationState.CUTTING, MigrationState.CUT, ANN);
        world.steps.add(FakeMigration.step(Phase.FINISH, "later"));

        var applied = apply(FakeMigration.FILE);

        assertThat(world.executed).contains("make later");
        assertThat(applied.state()).isEqualTo(MigrationState.CUT);
        assertThat(applied.end()).isEqualTo(End.READY);
        world.steps.add(FakeMigration.step(Phase.FINISH, "another"));
        assertThat(apply(FakeMigration.FILE + "ddl: { by: others }\n").waitsFor())
                .contains("finish.another");
    }

    @Test
    void a_job_that_has_ended_is_not_waited_for_while_an_index_is_built() throws InterruptedException {
        world.jobEnds = JobState.RUNNING;
        apply(world, false);
        assertThat(world.waitsFor).isEqualTo("its job 10");
        world.jobEnds = JobState.SUCCEEDED;
        world.standings.put("finish.index", "a name that is taken");

        assertThatExceptionOfType(OperationRefused.class).isThrownBy(() -> apply(world, true));
        assertThat(world.waitsFor).isNull();
    }

    @Test
    void who_builds_an_index_is_told_while_it_is_waited_for() throws InterruptedException {
        world.standings.put("finish.index", "under way");
        var progress = new RecordedProgress();
        var looks = new AtomicInteger();
        new ApplyMigration(world, world, world, file -> {}, duration -> {
                    if (looks.incrementAndGet() == 2) {
                        world.standings.remove("finish.index");
                        world.there.add("finish.index");
                    }
                })
                .run(ANN, FakeMigration.file(FakeMigration.FILE), true, progress);

        assertThat(progress.told)
                .containsExactly(
                        "another session is about it: waits for its end; pid 4711 on public.customers: building index, 1 %",
                        "another session is about it: waits for its end; pid 4711 on public.customers: building index, 2 %");
    }

    @Test
    void another_tool_executes_the_statements_and_the_apply_only_checks() throws InterruptedException {
        var file = FakeMigration.FILE + "ddl: { by: others }\n";

        var applied = apply(file);
        assertThat(applied.end()).isEqualTo(End.OTHERS);
        assertThat(applied.waitsFor()).contains("expand.first").contains("by another tool");
        world.there.addAll(List.of("expand.first", "expand.second", "sync.trigger"));
        assertThat(apply(file).waitsFor()).contains("finish.index");
        world.there.add("finish.index");
        assertThat(apply(file).end()).isEqualTo(End.READY);
        assertThat(world.executed).isEmpty();
    }

    @Test
    void what_is_in_the_way_is_told_and_stored() {
        world.standings.put("expand.second", "a column of this name has the type integer");

        var progress = new RecordedProgress();
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> world.apply().run(ANN, FakeMigration.file(FakeMigration.FILE), true, progress))
                .withMessageContaining("expand.second: a column of this name has the type integer");
        assertThat(progress.told).containsExactly("expand.second failed: a column of this name has the type integer");
        assertThat(world.failures).hasSize(1);
        assertThat(world.state()).isEqualTo(MigrationState.PLANNED);
    }

    @Test
    void what_an_attempt_has_left_is_removed_first() throws InterruptedException {
        world.standings.put("finish.index", "broken");

        apply(FakeMigration.FILE);

        assertThat(world.executed).containsSubsequence("clean index", "make index");
    }

    @Test
    void without_its_lock_a_step_ends_the_apply_which_goes_on_later() throws InterruptedException {
        world.locked = true;
        assertThatExceptionOfType(LocksNotObtained.class).isThrownBy(() -> apply(FakeMigration.FILE));

        world.locked = false;
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.READY);
    }

    private Applied apply(String file) throws InterruptedException {
        return world.apply().run(ANN, FakeMigration.file(file), true, new RecordedProgress());
    }

    private static Applied apply(FakeMigration world, boolean waits) throws InterruptedException {
        return world.apply().run(ANN, FakeMigration.file(FakeMigration.FILE), waits, new RecordedProgress());
    }
}
