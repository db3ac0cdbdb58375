package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.Notifier;
import dev.backfleet.coordinator.notify.StoredEvent;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The events that the leader completes and publishes. Each statement that stores something names the leader's epoch. */
public final class PostgresOutbox implements Notifier.Outbox {
    static final String LEADS =
            "exists (select from backfleet.leader l where l.epoch = :epoch and l.lease_until > now())";

    /** What is stored of an event of which it was decided that it is not told. */
    private static final String NOT_TOLD = "null";

    private static final String NOTE_QUARANTINE = """
            insert into backfleet.outbox (type, job_id, job_name, before, after)
            select 'job.quarantined', j.id, j.name, l.after, j.quarantined
            from backfleet.job j
            cross join lateral (
              select o.after, o.at from backfleet.outbox o where o.job_id = j.id and o.type = 'job.quarantined'
              order by o.id desc limit 1
            ) l
            where j.finished_at is null and j.quarantined > l.after::bigint and l.at < now() - interval '15 minutes' and %s
            """.formatted(LEADS);

    private static final String INCOMPLETE =
            "select " + EventRows.COLUMNS + " from backfleet.outbox o where o.data is null order by o.id limit :most";

    private static final String COMPLETE = """
            update backfleet.outbox
            set data = :data, type = :type, completed_at = now(), published_at = case when :told then published_at else now() end
            where id = :id and data is null and %s
            """.formatted(LEADS);

    private static final String UNPUBLISHED = """
            select o.id, o.type, o.at, o.job_id, o.data from backfleet.outbox o
            where o.published_at is null and o.data is not null order by o.id limit :most
            """;

    private static final String PUBLISHED =
            "update backfleet.outbox set published_at = clock_timestamp() where id = :id and published_at is null";

    // What is waiting stays, however old it is.
    private static final String FORGET = """
            delete from backfleet.outbox o
            where o.published_at < now() - interval '30 days'
              and not exists (select from backfleet.webhook_delivery d where d.event = o.id and d.state = 'PENDING')
            """;

    private static final String FORGET_DELIVERIES = """
            delete from backfleet.webhook_delivery where state <> 'PENDING' and created_at < now() - interval '30 days'
            """;

    private final Database database;

    public PostgresOutbox(Database database) {
        this.database = database;
    }

    @Override
    public void noteQuarantine(long epoch) {
        database.jdbi().useHandle(handle -> handle.createUpdate(NOTE_QUARANTINE)
                .bind("epoch", epoch)
                .execute());
    }

    @Override
    public List<StoredEvent> incomplete(int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(INCOMPLETE)
                .bind("most", most)
                .map((row, context) -> EventRows.stored(row))
                .list());
    }

    @Override
    public Notifier.Completion complete(
            long epoch, StoredEvent stored, Optional<CloudEvent> event, List<String> webhooks) {
        return database.jdbi().inTransaction(handle -> {
            var completed = handle.createUpdate(COMPLETE)
                    .bind("id", stored.id())
                    .bind("epoch", epoch)
                    .bind("data", event.map(CloudEvent::data).orElse(NOT_TOLD))
                    .bind("type", event.map(told -> told.type().text()).orElse(stored.type()))
                    .bind("told", event.isPresent())
                    .execute();
            if (completed == 0) {
                return leads(handle, epoch) ? Notifier.Completion.DONE_BEFORE : Notifier.Completion.NOT_LEADING;
            }
            var deliveries = new DeliveryStore(handle);
            event.ifPresent(told -> webhooks.forEach(webhook -> deliveries.add(webhook, told)));
            return Notifier.Completion.DONE;
        });
    }

    @Override
    public List<CloudEvent> unpublished(int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(UNPUBLISHED)
                .bind("most", most)
                .map((row, context) -> EventRows.event(row))
                .list());
    }

    @Override
    public boolean leads(long epoch) {
        return database.jdbi().withHandle(handle -> leads(handle, epoch));
    }

    private static boolean leads(Handle handle, long epoch) {
        return handle.createQuery("select " + LEADS)
                .bind("epoch", epoch)
                .mapTo(Boolean.class)
                .one();
    }

    @Override
    public void published(CloudEvent event) {
        database.jdbi().useHandle(handle -> handle.createUpdate(PUBLISHED)
                .bind("id", Long.valueOf(event.id()))
                .execute());
    }

    /** Removes what was told 30 days ago and more. */
    public void forget() {
        database.jdbi().useTransaction(handle -> {
            handle.execute(FORGET_DELIVERIES);
            handle.execute(FORGET);
        });
    }
}
