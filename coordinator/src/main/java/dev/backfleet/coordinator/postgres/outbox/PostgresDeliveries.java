package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.webhook.Delivery;
import dev.backfleet.coordinator.webhook.Webhook;
import dev.backfleet.coordinator.webhook.WebhookSender;
import dev.backfleet.coordinator.webhook.WebhookSender.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/** The deliveries to webhooks that the leader makes. */
public final class PostgresDeliveries implements WebhookSender.Deliveries {

    // Written only if something has changed: this is asked each second.
    private static final String KNOW = """
            insert into backfleet.webhook as w (name, place, format, types)
            select :name, :place, :format, :types where %s
            on conflict (name) do update
            set place = excluded.place, format = excluded.format, types = excluded.types, gone_at = null
            where (w.place, w.format, w.types, w.gone_at) is distinct from (excluded.place, excluded.format, excluded.types, null)
            """.formatted(PostgresOutbox.LEADS);

    private static final String REJECTED = """
            update backfleet.leader
            set webhooks_rejected = :why, webhooks_rejected_at = case when :why::text is not null then clock_timestamp() end
            where epoch = :epoch and lease_until > now() and webhooks_rejected is distinct from :why
            """;

    private static final String GONE = """
            update backfleet.webhook set gone_at = now() where gone_at is null and name <> all (:names) and %s
            """.formatted(PostgresOutbox.LEADS);

    private static final String END_GONE = """
            update backfleet.webhook_delivery d set state = 'FAILED', outcome = 'the file of webhooks no longer has it'
            from backfleet.webhook w
            where d.state = 'PENDING' and w.name = d.webhook and w.gone_at is not null and %s
            """.formatted(PostgresOutbox.LEADS);

    private static final String DUE = """
            select d.id as delivery, d.events, d.attempts, o.id, o.type, o.at, o.job_id, o.data
            from backfleet.webhook_delivery d left join backfleet.outbox o on o.id = d.event
            where d.webhook = :webhook and d.state = 'PENDING' and d.not_before <= clock_timestamp()
              and (d.digest is not null or d.event is null or not exists (
                select from backfleet.webhook_delivery e
                where e.webhook = d.webhook and e.state = 'PENDING' and e.event is not null and e.digest is null
                  and e.job_id is not distinct from d.job_id and e.id < d.id))
            order by d.id limit :most
            """;

    // If this coordinator ends before the attempt does, another one makes it again.
    private static final String BEGIN = """
            update backfleet.webhook_delivery
            set attempts = attempts + 1, attempted_at = clock_timestamp(), not_before = clock_timestamp() + interval '30 seconds'
            where id = :id and state = 'PENDING' and not_before <= clock_timestamp() and %s
            returning attempted_at
            """.formatted(PostgresOutbox.LEADS);

    private static final String ENDED = """
            update backfleet.webhook_delivery
            set state = :state, outcome = :outcome, not_before = clock_timestamp() + make_interval(secs => :pause)
            where id = :id
            """;

    private static final String DELIVERED = """
            update backfleet.webhook set delivered_at = clock_timestamp(), failing_since = null, failure = null, disabled_at = null
            where name = :webhook
            """;

    // A test that fails says nothing of messages. Attempts at a message are at most ten hours apart: after a day
    // without any, a failure is
    // the first one of its kind, whatever was given up before.
    private static final String FAILED = """
            update backfleet.webhook w
            set failing_since = case
                  when exists (select from backfleet.webhook_delivery d where d.id = :id and d.event is null) then w.failing_since
                  when exists (select from backfleet.webhook_delivery d
                               where d.webhook = w.name and d.id <> :id and d.attempted_at > clock_timestamp() - interval '1 day')
                    or exists (select from backfleet.webhook_delivery d where d.id = :id and d.attempts > 1)
                    then coalesce(w.failing_since, clock_timestamp())
                  else clock_timestamp() end,
                failure = :outcome
            where w.name = :webhook
            """;

    private static final String DISABLE = """
            update backfleet.webhook set disabled_at = clock_timestamp()
            where name = :webhook and disabled_at is null and failing_since < clock_timestamp() - interval '5 days'
            """;

    private static final String END_ALL = """
            update backfleet.webhook_delivery set state = 'FAILED', outcome = '%s'
            where webhook = :webhook and state = 'PENDING' and event is not null
            """.formatted(DeliveryStore.OFF);

    private final Database database;

    public PostgresDeliveries(Database database) {
        this.database = database;
    }

    @Override
    public boolean know(long epoch, List<Webhook> webhooks, Optional<String> rejection) {
        return database.jdbi().inTransaction(handle -> {
            for (var webhook : webhooks) {
                handle.createUpdate(KNOW)
                        .bind("epoch", epoch)
                        .bind("name", webhook.name())
                        .bind("place", webhook.place())
                        .bind("format", webhook.format().text())
                        .bindArray("types", String.class, webhook.types())
                        .execute();
            }
            handle.createUpdate(REJECTED)
                    .bind("epoch", epoch)
                    .bind("why", rejection.orElse(null))
                    .execute();
            var gone = handle.createUpdate(GONE)
                    .bind("epoch", epoch)
                    .bindArray(
                            "names",
                            String.class,
                            webhooks.stream().map(Webhook::name).toList())
                    .execute();
            if (gone > 0) {
                handle.createUpdate(END_GONE).bind("epoch", epoch).execute();
            }
            return handle.createQuery("select " + PostgresOutbox.LEADS)
                    .bind("epoch", epoch)
                    .mapTo(Boolean.class)
                    .one();
        });
    }

    @Override
    public List<Delivery> due(String webhook, int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(DUE)
                .bind("webhook", webhook)
                .bind("most", most)
                .map((row, context) -> delivery(row))
                .list());
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                row.getLong("delivery"),
                row.getString("id") == null ? null : EventRows.event(row),
                row.getInt("events"),
                row.getInt("attempts"));
    }

    @Override
    public Optional<Instant> begin(long epoch, long delivery) {
        return database.jdbi().withHandle(handle -> handle.createQuery(BEGIN)
                .bind("epoch", epoch)
                .bind("id", delivery)
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(OffsetDateTime::toInstant));
    }

    @Override
    public boolean ended(String webhook, long delivery, Outcome outcome, Optional<Duration> retry) {
        return database.jdbi().inTransaction(handle -> {
            var state = outcome.delivered() ? "DELIVERED" : retry.isPresent() ? "PENDING" : "FAILED";
            handle.createUpdate(ENDED)
                    .bind("id", delivery)
                    .bind("state", state)
                    .bind("outcome", outcome.words())
                    .bind("pause", retry.map(Duration::toSeconds).orElse(0L).doubleValue())
                    .execute();
            if (outcome.delivered()) {
                handle.createUpdate(DELIVERED).bind("webhook", webhook).execute();
                return false;
            }
            handle.createUpdate(FAILED)
                    .bind("id", delivery)
                    .bind("webhook", webhook)
                    .bind("outcome", outcome.words())
                    .execute();
            var off = handle.createUpdate(DISABLE).bind("webhook", webhook).execute() > 0;
            if (off) {
                handle.createUpdate(END_ALL).bind("webhook", webhook).execute();
            }
            return off;
        });
    }
}
