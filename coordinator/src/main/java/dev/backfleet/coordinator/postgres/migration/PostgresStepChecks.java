package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import java.util.List;

/** Asks the checks of steps; changes nothing. */
public final class PostgresStepChecks {
    private final Database database;

    public PostgresStepChecks(Database database) {
        this.database = database;
    }

    /** Whether all of them are so. */
    public boolean allDone(List<Step> steps) {
        return database.read(connection -> {
            for (var step : steps) {
                if (!StepStandings.of(connection, step).equals(Standing.DONE.word())) {
                    return false;
                }
            }
            return true;
        });
    }
}
