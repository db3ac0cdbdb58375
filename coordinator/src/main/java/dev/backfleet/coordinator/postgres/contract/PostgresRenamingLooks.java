package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.RenamingLooks;
import dev.backfleet.coordinator.migration.watch.CutoverSignals;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.migration.PostgresWatches;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads and stores what the watch over a renaming looks at. */
public final class PostgresRenamingLooks implements RenamingLooks {
    private static final String NOW = "select state, clock_timestamp() as now from backfleet.migration where id = :id";

    private final Database database;
    private final CutoverSignals signals;
    private final PostgresWatches watches;

    public PostgresRenamingLooks(Database database, CutoverSignals signals, PostgresWatches watches) {
        this.database = database;
        this.signals = signals;
        this.watches = watches;
    }

    @Override
    public Found look(Stored migration, AbortRules rules) {
        // The backfill knows the table for the probe.
        var job = migration
                .job()
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_NOW,
                        "the job of " + migration.name() + " was removed, without which no signal is read",
                        "rename without --watch"));
        var samples = signals.read(job, migration.name(), rules);
        return database.jdbi().withHandle(handle -> handle.createQuery(NOW)
                .bind("id", migration.id())
                .map((row, context) -> new Found(
                        row.getObject("now", OffsetDateTime.class).toInstant(),
                        MigrationState.valueOf(row.getString("state")),
                        samples))
                .one());
    }

    @Override
    public Optional<CutoverWatch> last(long migration) {
        return watches.stored(migration).flatMap(ShowWatch.Stored::watch);
    }

    @Override
    public void store(long migration, CutoverWatch watch) {
        watches.store(migration, MigrationState.RENAMED, watch);
    }

    @Override
    public Optional<String> unreachable(RuntimeException failure) {
        return failure instanceof ExplainedFailure
                ? Optional.empty()
                : new ConnectionFailures()
                        .translate(failure, Optional.empty())
                        .map(known -> String.valueOf(known.getMessage()));
    }
}
