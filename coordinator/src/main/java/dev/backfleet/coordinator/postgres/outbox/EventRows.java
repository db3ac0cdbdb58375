package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventType;
import dev.backfleet.coordinator.notify.StoredEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Rows of {@code backfleet.outbox}. */
final class EventRows {

    // Who asked for it is in the audit of the same transaction; of a pause or a cancel that is confirmed later, in that
    // of the
    // transaction that stored the desired state.
    static final String COLUMNS = """
            o.id, o.at, o.type, o.job_id, o.job_name, o.before, o.after, o.why,
            coalesce(o.who,
              (select a.who from backfleet.audit a where a.xact = o.xact and a.job_id is not distinct from o.job_id order by a.id limit 1),
              case when o.type in ('job.paused', 'job.cancelled') then (
                select a.who from backfleet.audit a
                where a.job_id = o.job_id and a.xact = (
                  select e.xact from backfleet.job_event e
                  where e.job_id = o.job_id and e.event = 'state' and e.now in ('PAUSING', 'CANCELLING') and e.at <= o.at
                  order by e.id desc limit 1)
                order by a.id limit 1) end) as actor
            """;

    private EventRows() {}

    /** An event of which {@link #COLUMNS} were selected. */
    static StoredEvent stored(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getLong("id"),
                at(row),
                row.getString("type"),
                row.getObject("job_id", Long.class),
                row.getString("job_name"),
                row.getString("before"),
                row.getString("after"),
                row.getString("why"),
                row.getString("actor"));
    }

    /** A completed event. */
    static CloudEvent event(ResultSet row) throws SQLException {
        var id = row.getString("id");
        var type = row.getString("type");
        return new CloudEvent(
                id,
                EventType.named(type)
                        .orElseThrow(() -> new IllegalStateException("event " + id + " has the type " + type)),
                at(row),
                row.getObject("job_id", Long.class),
                row.getString("data"));
    }

    private static Instant at(ResultSet row) throws SQLException {
        return row.getObject("at", OffsetDateTime.class).toInstant();
    }
}
