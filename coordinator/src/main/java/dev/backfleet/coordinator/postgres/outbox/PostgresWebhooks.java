package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.ListEvents;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.webhook.ResendMessages;
import dev.backfleet.coordinator.operation.webhook.TestWebhook;
import dev.backfleet.coordinator.postgres.Moments;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.query.webhook.ListWebhooks;
import dev.backfleet.coordinator.query.webhook.WebhookReport;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What people ask about events and webhooks, and of webhooks. */
public final class PostgresWebhooks
        implements ListEvents.Events, ListWebhooks.Webhooks, TestWebhook.Tests, ResendMessages.Messages {

    private static final String NEWEST = """
            select %s, o.data from backfleet.outbox o
            where o.id > :after and (:job::bigint is null or o.job_id = :job) and o.type like :type
              and o.data is distinct from 'null'
            order by o.id desc limit :limit
            """.formatted(EventRows.COLUMNS);

    private static final String ALL = """
            select w.name, w.place, w.format, w.types, w.delivered_at, w.failing_since, w.failure,
                   case when w.gone_at is not null then 'gone' when w.disabled_at is not null then 'off'
                        when w.failing_since is not null then 'failing' else 'ok' end as state,
                   (select count(*) from backfleet.webhook_delivery d where d.webhook = w.name and d.state = 'PENDING') as waiting
            from backfleet.webhook w order by w.name
            """;

    private static final String MESSAGE = """
            select d.id, case when d.event is null then 'webhook.test' else coalesce(o.type, 'forgotten') end as type, o.job_name,
                   d.events, lower(d.state) as state, d.attempts, d.created_at, d.attempted_at,
                   case when d.state = 'PENDING' then d.not_before end as next_at, d.outcome
            from backfleet.webhook_delivery d left join backfleet.outbox o on o.id = d.event
            """;

    private static final String TEST = """
            insert into backfleet.webhook_delivery (webhook) select name from backfleet.webhook where name = :webhook and gone_at is null
            returning id
            """;

    private static final String IS_OFF =
            "select disabled_at is not null from backfleet.webhook where name = :webhook and gone_at is null";

    private static final String RESEND = """
            update backfleet.webhook_delivery d set state = 'PENDING', attempts = 0, not_before = clock_timestamp()
            where d.webhook = :webhook and (d.id = :message or :message::bigint is null and d.state = 'FAILED')
              and exists (select from backfleet.outbox o where o.id = d.event)
            """;

    private final Database database;

    public PostgresWebhooks(Database database) {
        this.database = database;
    }

    @Override
    public List<CloudEvent> newest(ListEvents.Wanted wanted, long after, int limit) {
        var events = new ArrayList<>(database.jdbi().withHandle(handle -> handle.createQuery(NEWEST)
                .bind("after", after)
                .bind("job", wanted.job().orElse(null))
                .bind("type", wanted.type().replace('*', '%'))
                .bind("limit", limit)
                .map((row, context) -> event(row))
                .list()));
        Collections.reverse(events);
        return events.stream().flatMap(Optional::stream).toList();
    }

    private static Optional<CloudEvent> event(ResultSet row) throws SQLException {
        return row.getString("data") == null
                ? EventComposer.withoutStatus(EventRows.stored(row))
                : Optional.of(EventRows.event(row));
    }

    @Override
    public List<WebhookReport> all() {
        return database.jdbi().withHandle(handle -> handle.createQuery(ALL)
                .map((row, context) -> new WebhookReport(
                        row.getString("name"),
                        row.getString("place"),
                        row.getString("format"),
                        List.of((String[]) row.getArray("types").getArray()),
                        row.getString("state"),
                        row.getLong("waiting"),
                        Moments.of(row, "delivered_at"),
                        Moments.of(row, "failing_since"),
                        row.getString("failure"),
                        List.of()))
                .list());
    }

    @Override
    public List<WebhookReport.Message> messages(String name, int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(
                        MESSAGE + " where d.webhook = :webhook order by d.id desc limit :most")
                .bind("webhook", name)
                .bind("most", most)
                .map((row, context) -> message(row))
                .list());
    }

    @Override
    public Optional<WebhookReport.Message> message(long id) {
        return database.jdbi().withHandle(handle -> handle.createQuery(MESSAGE + " where d.id = :id")
                .bind("id", id)
                .map((row, context) -> message(row))
                .findOne());
    }

    private static WebhookReport.Message message(ResultSet row) throws SQLException {
        return new WebhookReport.Message(
                row.getLong("id"),
                row.getString("type"),
                row.getString("job_name"),
                row.getInt("events"),
                row.getString("state"),
                row.getInt("attempts"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                Moments.of(row, "attempted_at"),
                Moments.of(row, "next_at"),
                row.getString("outcome"));
    }

    @Override
    public OptionalLong add(String webhook, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var id = handle.createQuery(TEST)
                    .bind("webhook", webhook)
                    .mapTo(Long.class)
                    .findOne();
            id.ifPresent(added -> new AuditStore(handle).didToFleet(actor, "webhook test", webhook));
            return id.map(OptionalLong::of).orElse(OptionalLong.empty());
        });
    }

    @Override
    public Optional<Boolean> isOff(String webhook) {
        return database.jdbi().withHandle(handle -> handle.createQuery(IS_OFF)
                .bind("webhook", webhook)
                .mapTo(Boolean.class)
                .findOne());
    }

    @Override
    public int resend(String webhook, OptionalLong message, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var sent = handle.createUpdate(RESEND)
                    .bind("webhook", webhook)
                    .bind("message", message.isPresent() ? Long.valueOf(message.getAsLong()) : null)
                    .execute();
            if (sent > 0) {
                new AuditStore(handle)
                        .didToFleet(
                                actor,
                                "webhook resend",
                                webhook + ": " + sent + (sent == 1 ? " message" : " messages"));
            }
            return sent;
        });
    }
}
