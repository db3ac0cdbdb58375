package dev.backfleet.coordinator.migration.export;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.util.List;

/** The steps of a migration that another tool is to execute: all of them have to be known before the first one is made. */
public final class WrittenSteps {
    private WrittenSteps() {}

    /**
     * All of them.
     *
     * @throws SpecException if one cannot be written yet
     */
    public static List<Step> of(ParsedMigration file, TableShape shape) {
        if (shape.sync(file.migration()).isEmpty()) {
            throw file.locations()
                    .problem(
                            CopyKeys.TABLE.path(),
                            "the table that takes the copies is not there yet, and the sync follows from its columns",
                            "create it first, by the statement of expand, and run this again");
        }
        return Steps.of(file.migration(), shape);
    }
}
