package dev.backfleet.coordinator.migration.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.End;
import dev.backfleet.coordinator.migration.apply.Crashes.Crash;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an apply takes of a file that has changed, what it refuses, and that why it could not go on is stored. */
class AppliedFileTest {
    private static final Actor ANN = Actor.commandLine("ann");

    private final FakeMigration world = new FakeMigration();

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
        var ruled = FakeMigration.FILE + "reconcile: { every: 2h, different: \"first_name = ''\" }\n";
        for (var crash = 1; ; crash++) {
            var crashed = new FakeMigration();
            new Crashes(0).apply(FakeMigration.FILE, crashed);
            try {
                new Crashes(crash).apply(ruled, crashed);
                assertThat(crash).isGreaterThan(10);
                break;
            } catch (Crash expected) {
                assertThat(new Crashes(0).apply(ruled, crashed).end()).isEqualTo(End.READY);
            }
            assertThat(crashed.judgedBy).as("after crash " + crash).isPresent();
            assertThat(crashed.repeated).as("after crash " + crash).isEqualTo(Duration.ofHours(2));
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

    @Test
    void why_a_command_could_not_go_on_is_stored_until_one_can() throws InterruptedException {
        world.refusesSteps = new ExplainedFailure(Kind.GATE_CLOSED, "finish.unique.u: has no column", "name it");
        assertThatExceptionOfType(ExplainedFailure.class).isThrownBy(() -> apply(FakeMigration.FILE));
        assertThat(world.created)
                .as("nothing is stored of one that was never applied")
                .isZero();

        world.refusesSteps = null;
        world.jobEnds = JobState.RUNNING;
        world.apply().run(ANN, FakeMigration.file(FakeMigration.FILE), false, new RecordedProgress());
        world.refusesSteps = new ExplainedFailure(Kind.GATE_CLOSED, "finish.unique.u: has no column", "name it");
        assertThatExceptionOfType(ExplainedFailure.class).isThrownBy(() -> apply(FakeMigration.FILE));
        assertThat(world.refusal).isEqualTo("GATE_CLOSED finish.unique.u: has no column; name it");
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> apply(FakeMigration.FILE.replace("first_name", "given_name")));
        assertThat(world.refusal)
                .startsWith("CONFLICT ")
                .contains("differs in to")
                .contains("apply that file");

        world.busy = true;
        assertThatExceptionOfType(OperationRefused.class).isThrownBy(() -> apply(FakeMigration.FILE));
        assertThat(world.refusal).as("another command is at work").startsWith("CONFLICT the migration");

        world.busy = false;
        world.refusesSteps = new ExplainedFailure(Kind.UNUSABLE, "the database is away", null);
        assertThatExceptionOfType(ExplainedFailure.class).isThrownBy(() -> apply(FakeMigration.FILE));
        assertThat(world.refusal).startsWith("CONFLICT the migration");

        world.refusesSteps = null;
        world.apply().run(ANN, FakeMigration.file(FakeMigration.FILE), false, new RecordedProgress());
        assertThat(world.refusal).isNull();
    }

    @Test
    void a_plan_that_is_not_fit_refuses_the_first_apply_and_no_later_one() throws InterruptedException {
        world.unfit = new OperationRefused(OperationRefused.Code.GATE_CLOSED, "to.first_name: no", null);
        assertThatExceptionOfType(OperationRefused.class).isThrownBy(() -> apply(FakeMigration.FILE));
        assertThat(world.created).isZero();

        world.unfit = null;
        apply(FakeMigration.FILE);
        world.unfit = new OperationRefused(OperationRefused.Code.GATE_CLOSED, "to.first_name: no", null);
        assertThat(apply(FakeMigration.FILE).end()).isEqualTo(End.READY);
    }

    private Applied apply(String file) throws InterruptedException {
        return world.apply().run(ANN, FakeMigration.file(file), true, new RecordedProgress());
    }
}
