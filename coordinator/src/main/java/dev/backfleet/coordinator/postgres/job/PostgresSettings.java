package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.WalCostEstimate;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ChangeSettings;
import dev.backfleet.coordinator.operation.ChangeSettings.Outcome;
import dev.backfleet.coordinator.operation.ChangeSettings.Wanted;
import dev.backfleet.coordinator.operation.JobSettings;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and changes the settings of jobs. */
public final class PostgresSettings implements ChangeSettings.Store {

    private static final String LOCK = """
            select state, rate_limit, wal_limit, wal_rows, concurrency, batch_seconds, priority, budget_rows, budget_ratio,
                   row_timeout, work_window, deadline, clock_timestamp() as now, definition ->> 'batchDuration' as batch_duration
            from backfleet.job where id = :job for no key update
            """;

    private static final String STORE = """
            update backfleet.job
            set rate_limit = :rate, wal_limit = :wal, wal_rows = :walRows, concurrency = :concurrency,
                batch_seconds = :batch, row_timeout = :rowTimeout, priority = :priority, budget_rows = :budgetRows, budget_ratio = :budgetRatio, deadline = :deadline
            where id = :job
            """;

    // Tasks for slots that the job may no longer use would be refused by workers, and wait for the reaper.
    private static final String REVOKE_EXCESS_TASKS = """
            with spare as (
              select job_id, number from backfleet.shard
              where job_id = :job and state = 'DISPATCHED'
                and (select count(*) from backfleet.shard where job_id = :job and state in ('DISPATCHED', 'RUNNING'))
                    > (select backfleet.slots_now(j) from backfleet.job j where j.id = :job)
              order by job_id, number
              for update
            )
            update backfleet.shard s set state = 'PENDING'
            from spare t where s.job_id = t.job_id and s.number = t.number
            """;

    private final Database database;

    public PostgresSettings(Database database) {
        this.database = database;
    }

    @Override
    public Outcome change(long job, Wanted wanted, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var stored = handle.createQuery(LOCK)
                    .bind("job", job)
                    .map((row, context) -> stored(row))
                    .one();
            if (!ChangeSettings.CHANGEABLE.contains(stored.state)) {
                return new Outcome(stored.state, List.of());
            }
            var settings = stored.settings.with(wanted);
            var changes = stored.settings.changesTo(settings);
            if (!changes.isEmpty()) {
                store(handle, job, settings, walRows(stored, settings));
                if (!Objects.equals(settings.window(), stored.settings.window())) {
                    PostgresWindows.store(handle, job, Optional.ofNullable(settings.window()), stored.now);
                }
            }
            var audit = new AuditStore(handle);
            changes.forEach(change -> audit.changed(job, actor, change.setting(), change.before(), change.now()));
            return new Outcome(stored.state, changes);
        });
    }

    @Override
    public Duration deadlockTimeout() {
        return new PostgresCatalog(database).deadlockTimeout();
    }

    private static void store(Handle handle, long job, JobSettings settings, @Nullable Double walRows) {
        handle.createUpdate(STORE)
                .bind("job", job)
                .bind("rate", settings.rate())
                .bind("wal", settings.walRate())
                .bind("walRows", walRows)
                .bind("concurrency", settings.concurrency())
                .bind("batch", settings.batchDuration().toMillis() / 1000.0)
                .bind("rowTimeout", settings.rowTimeout().toMillis() / 1000.0)
                .bind("priority", settings.priority().name())
                .bind("budgetRows", settings.errorBudget().rows())
                .bind("budgetRatio", settings.errorBudget().ratio())
                .bind("deadline", settings.deadline())
                .execute();
        handle.createUpdate(REVOKE_EXCESS_TASKS).bind("job", job).execute();
    }

    // If there was a limit before, the WAL of a row is already measured.
    private static @Nullable Double walRows(Stored stored, JobSettings settings) {
        var limit = settings.walRate();
        var before = stored.settings.walRate();
        if (limit == null) {
            return null;
        }
        return before == null || stored.walRows == null
                ? WalCostEstimate.firstGuess(limit)
                : Math.max(1, stored.walRows * limit / before);
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                JobState.valueOf(row.getString("state")),
                SettingsRow.read(row),
                row.getObject("wal_rows", Double.class),
                row.getObject("now", OffsetDateTime.class).toInstant());
    }

    private record Stored(
            JobState state, JobSettings settings, @Nullable Double walRows, Instant now) {}
}
