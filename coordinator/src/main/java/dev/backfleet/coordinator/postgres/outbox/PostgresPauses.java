package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.notify.PauseMeter;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;

/** How long pauses took, by the database's clock. */
public final class PostgresPauses implements PauseMeter.Pauses {

    // From the first request since the job is PAUSING: one that paused itself may be paused by a person after that.
    private static final String OF_JOB = """
            select extract(epoch from o.at - min(a.at))
            from backfleet.outbox o
            cross join lateral (
              select e.at, e.xact from backfleet.job_event e
              where e.job_id = o.job_id and e.event = 'state' and e.now = 'PAUSING' and e.at <= o.at order by e.id desc limit 1
            ) p
            join backfleet.audit a
              on a.job_id = o.job_id and a.action = 'pause' and a.new_value is null and (a.xact = p.xact or a.at >= p.at) and a.at <= o.at
            where o.id = :event and o.before = 'PAUSING'
            group by o.at
            """;

    private static final String TAKE_OF_FLEET = """
            with taken as (
              select c.scope, c.quiet_seconds from backfleet.control c
              where c.scope = 'fleet' and c.quiet_seconds is not null and %s for update
            )
            update backfleet.control c set quiet_seconds = null from taken where c.scope = taken.scope returning taken.quiet_seconds
            """.formatted(PostgresOutbox.LEADS);

    private final Database database;

    public PostgresPauses(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Duration> ofJob(long event) {
        return database.jdbi()
                .withHandle(handle -> seconds(handle.createQuery(OF_JOB).bind("event", event)));
    }

    @Override
    public Optional<Duration> takeOfFleet(long epoch) {
        return database.jdbi()
                .withHandle(handle -> seconds(handle.createQuery(TAKE_OF_FLEET).bind("epoch", epoch)));
    }

    private static Optional<Duration> seconds(Query query) {
        return query.mapTo(Double.class).findOne().map(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)));
    }
}
