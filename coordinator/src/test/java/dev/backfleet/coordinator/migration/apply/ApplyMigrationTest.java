package dev.backfleet.coordinator.migration.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.End;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Request;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
                apply(FakeMigration.FILE, crashed, crashes);
                assertThat(crash)
                        .as("calls before which or after which it crashed")
                        .isGreaterThan(40);
                return;
            } catch (Crash expected) {
                assertThat(apply(FakeMigration.FILE, crashed, new Crashes(0)).end())
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
        var derived = new int[1];
        var request = new Request(
                FakeMigration.migration(FakeMigration.FILE),
                "public.customers",
                () -> {
                    if (++derived[0] == 3) {
                        world.steps.add(1, FakeMigration.step(Phase.EXPAND, "of the partition"));
                    }
                    return List.copyOf(world.steps);
                },
                id -> world,
                true);

        new ApplyMigration(world, world, duration -> {}).run(ANN, request, new RecordedProgress());

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
        var derived = new AtomicInteger();
        var request = new Request(
                FakeMigration.migration(FakeMigration.FILE),
                "public.customers",
                () -> {
                    derived.incrementAndGet();
                    return List.copyOf(world.steps);
                },
                id -> world,
                true);
        new ApplyMigration(world, world, duration -> {}).run(ANN, request, new RecordedProgress());

        assertThat(derived.get()).isLessThanOrEqualTo(2 * Phase.values().length);
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
        var request = new Request(
                FakeMigration.migration(FakeMigration.FILE),
                "public.customers",
                () -> List.copyOf(world.steps),
                id -> world,
                true);
        new ApplyMigration(world, world, duration -> {
                    if (looks.incrementAndGet() == 2) {
                        world.standings.remove("finish.index");
                        world.there.add("finish.index");
                    }
                })
                .run(ANN, request, progress);

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

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE))
                .withMessageContaining("expand.second: a column of this name has the type integer");
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

    @Test
    void another_change_under_the_same_name_is_refused_and_other_limits_are_not() throws InterruptedException {
        apply(FakeMigration.FILE);

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE.replace("first_name", "given_name")))
                .withMessageContaining("differs in to, backfill");
        assertThat(apply(FakeMigration.FILE + "ddl: { lock-timeout: 100ms }\n").end())
                .isEqualTo(End.READY);
    }

    @Test
    void another_rule_for_wrong_rows_is_taken_and_compared_by_at_once() throws InterruptedException {
        apply(FakeMigration.FILE);
        assertThat(world.reconciles).isOne();

        var ruled = FakeMigration.FILE + "reconcile: { every: 2h, different: \"first_name = ''\" }\n";
        assertThat(apply(ruled).end()).isEqualTo(End.READY);
        assertThat(world.reconciles).isEqualTo(2);
        assertThat(world.repeated).isEqualTo(Duration.ofHours(2));
        assertThat(apply(ruled).end()).isEqualTo(End.READY);
        assertThat(world.reconciles).as("the file has not changed").isEqualTo(2);

        assertThat(apply(ruled.replace("2h", "3h")).end()).isEqualTo(End.READY);
        assertThat(world.repeated).isEqualTo(Duration.ofHours(3));
        assertThat(world.reconciles).as("judged by the same").isEqualTo(2);
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE))
                .withMessageContaining("differs in reconcile.different, which may change, but not be taken out");
    }

    @Test
    void another_rule_is_compared_by_before_ready_whatever_ends_the_apply_that_takes_it() throws InterruptedException {
        var ruled = FakeMigration.FILE + "reconcile: { different: \"first_name = ''\" }\n";
        for (var crash = 1; ; crash++) {
            var crashed = new FakeMigration();
            apply(FakeMigration.FILE, crashed, new Crashes(0));
            try {
                apply(ruled, crashed, new Crashes(crash));
                assertThat(crash).isGreaterThan(10);
                break;
            } catch (Crash expected) {
                assertThat(apply(ruled, crashed, new Crashes(0)).end()).isEqualTo(End.READY);
            }
            assertThat(crashed.judgedBy).as("after crash " + crash).isPresent();
        }

        apply(FakeMigration.FILE);
        world.reconcileEnds = JobState.FAILED;
        assertThat(apply(ruled).end()).isEqualTo(End.GATE_CLOSED);
        assertThat(world.state()).isEqualTo(MigrationState.FINISHED);
    }

    @Test
    void a_file_is_not_exchanged_under_a_command_that_is_at_work() throws InterruptedException {
        apply(FakeMigration.FILE);
        var before = world.stored().source();
        world.busy = true;
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE + "reconcile: { every: 2h }\n"))
                .withMessageContaining("another command is at work");
        assertThat(world.stored().source()).isEqualTo(before);
    }

    private Applied apply(String file) throws InterruptedException {
        return apply(file, world, new Crashes(0));
    }

    private static Applied apply(FakeMigration world, boolean waits) throws InterruptedException {
        var request = new Request(
                FakeMigration.migration(FakeMigration.FILE),
                "public.customers",
                () -> List.copyOf(world.steps),
                id -> world,
                waits);
        return new ApplyMigration(world, world, duration -> {}).run(ANN, request, new RecordedProgress());
    }

    private static Applied apply(String file, FakeMigration world, Crashes crashes) throws InterruptedException {
        var executor = crashes.in(StepExecutor.class, world);
        var request = new Request(
                FakeMigration.migration(file),
                "public.customers",
                () -> List.copyOf(world.steps),
                id -> executor,
                true);
        return new ApplyMigration(
                        crashes.in(MigrationLog.class, world), crashes.in(MigrationJobs.class, world), duration -> {})
                .run(ANN, request, new RecordedProgress());
    }

    /** Crashes once: before or after the effect of a call of a port. */
    private static final class Crashes {
        private final int at;
        private int calls;

        Crashes(int at) {
            this.at = at;
        }

        <T> T in(Class<T> port, T real) {
            return port.cast(
                    Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                        crash();
                        try {
                            var result = method.invoke(real, arguments);
                            crash();
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        private void crash() {
            if (++calls == at) {
                throw new Crash();
            }
        }
    }

    /** The end of the process. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
