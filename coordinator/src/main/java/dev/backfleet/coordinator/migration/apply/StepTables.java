package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import java.util.List;
import java.util.Optional;

/** The tables of migrations, by what they are at this moment. */
public interface StepTables {

    /**
     * The table of a file.
     *
     * @param actor for whom its steps are made
     * @throws dev.backfleet.common.spec.SpecException if there is none that the role may see
     */
    StepTable of(ParsedMigration file, Actor actor);

    /**
     * The table of a migration whose steps are to be taken back.
     *
     * @return nothing if the table was dropped
     */
    Optional<StepTable> toTakeBack(Migration migration, Actor actor);

    /** A table, and the steps of one migration on it. */
    interface StepTable {

        /** With its schema. */
        String name();

        /** All steps, derived anew with each call. */
        List<Step> steps();

        /** Who executes the steps of the migration of an id. */
        StepExecutor executor(long migration);
    }
}
