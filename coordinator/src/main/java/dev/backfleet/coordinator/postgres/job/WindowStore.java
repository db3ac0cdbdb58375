package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.TimeWindow;
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
final class WindowStore {

    private static final String NOW = "select now()";

    private static final String CLOSED = """
            select id, work_window, now() as now from backfleet.job
            where closes_at <= now() and finished_at is null order by id
            """;

    private static final String OPENS = """
            update backfleet.job set opens_at = :opens, closes_at = :closes where id = :job and work_window is not null
            """;

    private static final String TAKE_BACK_TASKS = """
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

    private final Handle handle;

    WindowStore(Handle handle) {
        this.handle = handle;
    }

    /** The time on the database's clock, by which windows open and close. */
    Instant now() {
        return handle.createQuery(NOW).mapTo(OffsetDateTime.class).one().toInstant();
    }

    List<Windows.Closed> closed() {
        return handle.createQuery(CLOSED).map((row, context) -> closed(row)).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Windows.Closed> closed(ResultSet row) throws SQLException {
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

    void opens(long job, TimeWindow.Opening opening) {
        handle.createUpdate(OPENS)
                .bind("job", job)
                .bind("opens", opening.opens())
                .bind("closes", opening.closes())
                .execute();
    }

    void takeBackTasks() {
        handle.execute(TAKE_BACK_TASKS);
    }
}
