package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.coordinator.migration.step.Step;
import java.sql.Connection;
import java.sql.SQLException;

/** Asks whether steps are done. */
final class StepStandings {
    private StepStandings() {}

    /** What the check of a step says. */
    static String of(Connection connection, Step step) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (var row = statement.executeQuery(step.check())) {
                if (!row.next()) {
                    throw new IllegalStateException("the check of " + step.id() + " has no row");
                }
                return row.getString(1);
            }
        }
    }
}
