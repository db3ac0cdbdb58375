package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.duty.Windows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about the time windows of jobs. */
public final class PostgresWindows implements Windows.Jobs {
    private final Database database;

    public PostgresWindows(Database database) {
        this.database = database;
    }

    private static final String CLOSED = """
            select id, work_window, now() as now from backfleet.job
            where closes_at <= now() and finished_at is null order by id
            """;

    @Override
    public List<Windows.Closed> closed() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(CLOSED).map((row, context) -> readable(handle, row)).list().stream()
                                .flatMap(Optional::stream)
                                .toList());
    }

    private static Optional<Windows.Closed> readable(Handle handle, ResultSet row) throws SQLException {
        var job = row.getLong("id");
        try {
            return Optional.of(new Windows.Closed(
                    job,
                    TimeWindow.JSON.read(row.getString("work_window")),
                    row.getObject("now", OffsetDateTime.class).toInstant()));
        } catch (UnreadableException e) {
            UnreadableJobs.met(handle, job, e);
            return Optional.empty();
        }
    }

    private static final String STORE_OPENING = """
            update backfleet.job set opens_at = :opens, closes_at = :closes where id = :job and work_window is not null
            """;

    @Override
    public void storeOpening(long job, TimeWindow.Opening opening) {
        database.jdbi().useHandle(handle -> handle.createUpdate(STORE_OPENING)
                .bind("job", job)
                .bind("opens", opening.opens())
                .bind("closes", opening.closes())
                .execute());
    }

    private static final String STORE_WINDOW = """
            update backfleet.job set work_window = :window::jsonb, opens_at = :opens, closes_at = :closes where id = :job
            """;

    /** Stores when a job may run from now on, and revokes tasks that no worker may claim any more. */
    static void store(Handle handle, long job, Optional<TimeWindow> window, Instant now) {
        var opening = window.map(one -> one.at(now));
        handle.createUpdate(STORE_WINDOW)
                .bind("job", job)
                .bind("window", window.map(TimeWindow.JSON::write).orElse(null))
                .bind("opens", opening.map(TimeWindow.Opening::opens).orElse(null))
                .bind("closes", opening.map(TimeWindow.Opening::closes).orElse(null))
                .execute();
        handle.execute(REVOKE_TASKS_IF_CLOSED);
    }

    private static final String REVOKE_TASKS_IF_CLOSED = """
            with closed as (
              select s.job_id, s.number from backfleet.shard s join backfleet.job j on j.id = s.job_id
              where s.state = 'DISPATCHED' and j.work_window is not null
                and not backfleet.is_open(j.opens_at, j.closes_at)
              order by s.job_id, s.number
              for update of s
            )
            update backfleet.shard s set state = 'PENDING'
            from closed c where s.job_id = c.job_id and s.number = c.number
            """;

    @Override
    public void revokeTasksIfClosed() {
        database.jdbi().useHandle(handle -> handle.execute(REVOKE_TASKS_IF_CLOSED));
    }
}
