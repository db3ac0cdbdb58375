package dev.backfleet.coordinator.cli.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said after a step at the end of a migration. */
class ContractTextTest {
    @Test
    void a_flag_is_to_be_removed_only_while_it_is_there() {
        assertThat(text(MigrationState.CONTRACTED, false, true)).contains("migration flags rm split-names");
        assertThat(text(MigrationState.CONTRACTED, false, false))
                .contains("its flag was removed")
                .doesNotContain("flags rm", "answers true");
    }

    @Test
    void a_step_that_was_done_before_is_called_so() {
        assertThat(text(MigrationState.RENAMED, true, true))
                .startsWith("split-names RENAMED already: nothing was done\n");
        assertThat(text(MigrationState.RENAMED, false, true)).startsWith("split-names RENAMED\n");
    }

    private static String text(MigrationState state, boolean before, boolean flag) {
        return ContractText.of(new ContractReport(
                1, "split-names", state, null, true, List.of(), List.of(), List.of(), before, flag, null));
    }
}
