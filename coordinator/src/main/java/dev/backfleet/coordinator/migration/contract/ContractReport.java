package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.MigrationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What speaks for and against the next step of the end of a migration, in the order of the JSON output; names and order are an interface.
 *
 * @param next the step that it is about; null: there is none
 * @param green whether the step may be taken
 * @param columns the old columns, as they are called now; none if they were dropped
 * @param alongside what goes with them: indexes and constraints of nothing else
 * @param before whether the step that was asked for had been done before, so that nothing was done
 * @param flag whether the flag is still there
 * @param watch how the watch over the renaming has ended; null: there was none
 */
public record ContractReport(
        long id,
        String name,
        MigrationState state,
        @Nullable Next next,
        boolean green,
        List<String> columns,
        List<String> alongside,
        List<Line> lines,
        boolean before,
        boolean flag,
        @Nullable RenamingWatch watch) {
    public ContractReport {
        columns = List.copyOf(columns);
        alongside = List.copyOf(alongside);
        lines = List.copyOf(lines);
    }

    /** The same after a watch. */
    ContractReport with(RenamingWatch watched) {
        return new ContractReport(id, name, state, next, green, columns, alongside, lines, before, flag, watched);
    }

    /** What comes next. */
    public enum Next {
        RENAME,
        DROP;

        /** That of a migration that is CUT or RENAMED. */
        static Next of(MigrationState state, ContractRules rules) {
            return state == MigrationState.CUT && rules.rename() ? RENAME : DROP;
        }
    }

    /**
     * What was found of a precondition.
     *
     * @param says what is found, as a clause
     * @param remedy what to do, as a clause; null: nothing is to be done
     */
    public record Line(
            Precondition what,
            Certainty certainty,
            boolean green,
            String says,
            @Nullable String remedy) {}
}
