package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.operation.reconcile.RowRules;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/**
 * How the rows of migrations are judged. In sync is a row whose new shape follows from the old one, and one whose old shape follows from
 * the new one: what was written in the new shape may say more than the old one can.
 */
public final class PostgresRowRules implements RowRules {
    private static final String OF_JOB =
            "select source, state from backfleet.migration where job_id = :job and state <> 'ABORTED'";

    private final Database database;

    public PostgresRowRules(Database database) {
        this.database = database;
    }

    @Override
    public Rule of(long job) {
        return database.jdbi().withHandle(handle -> handle.createQuery(OF_JOB)
                .bind("job", job)
                .map((row, context) -> rule(row))
                .findFirst()
                .orElse(Rule.NONE));
    }

    // From the renaming on, nothing follows from the old columns' names.
    private static Rule rule(ResultSet row) throws SQLException {
        var state = MigrationState.valueOf(row.getString("state"));
        var migration = MigrationParser.parse("the file that was applied", row.getString("source"))
                .migration();
        var renamed = state.compareTo(MigrationState.RENAMED) >= 0;
        return new Rule(
                migration.backfill().spec().different(),
                renamed ? Map.of() : migration.down(),
                migration.down().isEmpty() && state.compareTo(MigrationState.CUTTING) >= 0);
    }
}
