package dev.backfleet.coordinator.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.FakeContract.Crash;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    }

    @Test
    void a_step_that_was_done_before_is_not_done_again() throws InterruptedException {
        assertThat(rename().before()).isFalse();
        world.red = true;
        assertThat(rename()).satisfies(report -> {
            assertThat(report.before()).isTrue();
            assertThat(report.green()).isTrue();
            assertThat(report.state()).isEqualTo(MigrationState.RENAMED);
        });
        world.red = false;
        assertThat(drop().before()).isFalse();
        assertThat(drop().before()).isTrue();
        assertThat(world.executed).containsExactly("observe", "rename", "drop index", "drop");
        assertRefused(Code.CONFLICT, this::rename, "is CONTRACTED: its old columns were dropped");
    }

    @Test
    void names_the_columns_as_they_are_called_now_and_the_flag_while_it_is_there() throws InterruptedException {
        assertThat(report().columns()).containsExactly("full_name");
        assertThat(rename().columns()).containsExactly("old_full_name_deprecated");
        assertThat(report().columns()).containsExactly("old_full_name_deprecated");
        assertThat(undo().columns()).containsExactly("full_name");
        rename();
        assertThat(drop().columns()).isEmpty();
        assertThat(report().flag()).isTrue();
        world.flag = false;
        assertThat(report()).satisfies(report -> {
            assertThat(report.flag()).isFalse();
            assertThat(report.columns()).isEmpty();
        });
    }

    @Test
    void a_word_counts_for_the_step_that_it_is_given_with_and_is_kept_only_with_it() throws InterruptedException {
        world.unsaid = true;
        assertRefused(Code.GATE_CLOSED, this::rename, "whether an old version of the application runs");
        assertThat(world.contract().report(ANN, "split-names", "4.2", world).green())
                .isTrue();
        world.red = true;
        assertRefused(Code.GATE_CLOSED, () -> world.contract().rename(ANN, "split-names", "4.2", world), "jobs");
        assertThat(world.contract().say(ANN, "split-names", "4.2", world).green())
                .isFalse();
        assertThat(world.kept).as("neither looked at, nor refused").isEmpty();
        world.red = false;
        world.contract().rename(ANN, "split-names", " 4.2 ", world);
        assertThat(world.kept).containsExactly("4.2");
        assertRefused(Code.GATE_CLOSED, this::drop, "whether an old version of the application runs");
        assertThat(world.contract().say(ANN, "split-names", "4.3", world).green())
                .isTrue();
        assertThat(world.kept).containsExactly("4.2", "4.3");
    }

    @Test
    void waits_for_a_reconcile_of_the_migration_and_judges_again() throws InterruptedException {
        world.reconciling = Set.of(1);
        world.lasts = 3;
        world.passing = () -> world.red = true;
        assertRefused(Code.GATE_CLOSED, this::rename, "jobs");
        world.passing = () -> {};
        world.red = false;
        world.looks = 0;
        assertThat(rename().state()).isEqualTo(MigrationState.RENAMED);
        assertThat(world.looks).isEqualTo(4);
        assertThat(world.told)
                .containsOnly("waits for the end of r (id 9) RUNNING")
                .hasSize(2);
    }

    @Test
    void does_not_wait_for_ever_for_a_reconcile() {
        world.reconciling = Set.of(1);
        world.lasts = Integer.MAX_VALUE;
        assertRefused(Code.NOT_NOW, this::rename, "a reconcile of the migration was still under way");
        assertThat(world.executed).containsExactly("observe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void a_blank_is_no_version(String blank) {
        var contract = world.contract();
        assertRefused(Code.INVALID, () -> contract.report(ANN, "split-names", blank, world), "is blank");
        assertRefused(Code.INVALID, () -> contract.say(ANN, "split-names", blank, world), "is blank");
        assertRefused(Code.INVALID, () -> contract.rename(ANN, "split-names", blank, world), "is blank");
        assertRefused(Code.INVALID, () -> contract.drop(ANN, "split-names", blank, world), "is blank");
        assertThat(world.executed).isEmpty();
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
