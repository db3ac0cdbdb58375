package dev.backfleet.coordinator.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.FakeContract.Crash;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The order in which a migration ends, what refuses it, and that a crash at any moment changes nothing of the end. */
class ContractMigrationTest {
    private static final Actor ANN = Actor.commandLine("ann");

    private final FakeContract world = new FakeContract();

    @Test
    void a_report_begins_to_observe_and_changes_no_column() throws InterruptedException {
        var report = report();
        assertThat(report.next()).isEqualTo(ContractReport.Next.RENAME);
        assertThat(report.green()).isTrue();
        assertThat(world.executed).containsExactly("observe");
        report();
        assertThat(world.executed).as("once").containsExactly("observe");
    }

    @Test
    void renames_and_drops_when_each_report_is_green() throws InterruptedException {
        assertThat(rename().state()).isEqualTo(MigrationState.RENAMED);
        assertThat(report().next()).isEqualTo(ContractReport.Next.DROP);
        assertThat(drop().state()).isEqualTo(MigrationState.CONTRACTED);
        assertThat(world.executed).containsExactly("observe", "rename", "drop index", "drop");
        assertThat(report().next()).isNull();
        assertRefused(Code.ALREADY_DONE, this::drop, "is CONTRACTED already");
    }

    @Test
    void each_of_both_is_refused_by_a_red_line() throws InterruptedException {
        world.red = true;
        assertRefused(Code.GATE_CLOSED, this::rename, "jobs: unfinished jobs of the table: j");
        assertThat(world.executed).containsExactly("observe");
        world.red = false;
        rename();
        world.red = true;
        assertRefused(Code.GATE_CLOSED, this::drop, "jobs: unfinished jobs of the table: j");
        assertThat(world.executed).containsExactly("observe", "rename");
    }

    @Test
    void comes_back_as_often_as_one_likes_until_it_is_dropped() throws InterruptedException {
        rename();
        assertThat(undo().state()).isEqualTo(MigrationState.CUT);
        assertRefused(Code.ALREADY_DONE, this::undo, "is CUT already");
        rename();
        undo();
        rename();
        assertRefused(Code.ALREADY_DONE, this::rename, "is RENAMED already");
        drop();
        assertRefused(Code.CONFLICT, this::undo, "is CONTRACTED: its old columns were dropped");
    }

    @Test
    void the_columns_are_renamed_first_unless_the_file_says_otherwise() throws InterruptedException {
        assertRefused(Code.GATE_CLOSED, this::drop, "is CUT, not RENAMED");
        world.file = FakeContract.FILE + "contract: { rename: false }\n";
        assertThat(report().next()).isEqualTo(ContractReport.Next.DROP);
        assertThat(drop().state()).isEqualTo(MigrationState.CONTRACTED);
        assertThat(world.executed).containsExactly("observe", "drop index", "drop");
    }

    @Test
    void only_when_all_tenants_read_the_new_shape_and_by_the_tool_that_the_file_names() throws InterruptedException {
        world.state = MigrationState.CUTTING;
        assertRefused(
                Code.GATE_CLOSED, this::report, "is CUTTING: the old columns go when all tenants read the new shape");
        world.state = MigrationState.CUT;
        world.file = FakeContract.FILE + "ddl: { by: others }\n";
        assertThat(report().green()).isTrue();
        assertRefused(Code.GATE_CLOSED, this::rename, "another tool executes the statements");
        assertThat(world.executed).isEmpty();
        world.state = MigrationState.ABORTED;
        assertRefused(Code.NOT_FOUND, this::report, "there is no migration split-names");
    }

    @Test
    void a_crash_before_or_after_any_call_changes_nothing_of_the_end() throws InterruptedException {
        var calls = all(new FakeContract(), -1);
        assertThat(calls).isGreaterThan(20);
        for (var crash = 0; crash < 2 * calls; crash++) {
            var crashed = new FakeContract();
            all(crashed, crash);
            assertThat(crashed.state).as("crash " + crash).isEqualTo(MigrationState.CONTRACTED);
            assertThat(crashed.executed)
                    .as("crash " + crash)
                    .containsExactly("observe", "rename", "rename back", "rename", "drop index", "drop");
        }
    }

    // As a person would: the same command again, until it is done.
    private static int all(FakeContract world, int crash) throws InterruptedException {
        world.crashAt = crash;
        var contract = world.contract();
        for (var command : List.<Command>of(
                () -> contract.report(ANN, "split-names", "2", world),
                () -> contract.rename(ANN, "split-names", "2", world),
                () -> contract.undo(ANN, "split-names", world),
                () -> contract.rename(ANN, "split-names", "2", world),
                () -> contract.drop(ANN, "split-names", "2", world))) {
            try {
                command.run();
            } catch (Crash e) {
                try {
                    command.run();
                } catch (OperationRefused again) {
                    assertThat(again.code()).isEqualTo(Code.ALREADY_DONE);
                }
            }
        }
        return world.calls;
    }

    private ContractReport report() throws InterruptedException {
        return world.contract().report(ANN, "split-names", null, world);
    }

    private ContractReport rename() throws InterruptedException {
        return world.contract().rename(ANN, "split-names", null, world);
    }

    private ContractReport undo() throws InterruptedException {
        return world.contract().undo(ANN, "split-names", world);
    }

    private ContractReport drop() throws InterruptedException {
        return world.contract().drop(ANN, "split-names", null, world);
    }

    private static void assertRefused(Code code, ThrowingCallable call, String words) {
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(call)
                .withMessageContaining(words)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private interface Command {
        void run() throws InterruptedException;
    }
}
