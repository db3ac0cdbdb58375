package dev.backfleet.coordinator.postgres.outbox;

import dev.backfleet.coordinator.notify.CloudEvent;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that add deliveries to webhooks. */
final class DeliveryStore {
    static final String OFF = "the webhook is off";

    // One that waits for its time tells of this event instead, and of how many there were.
    private static final String FOLD = """
            update backfleet.webhook_delivery set event = :event, events = events + 1
            where webhook = :webhook and job_id = :job and digest = :digest and state = 'PENDING' and attempts = 0
            """;

    private static final String ADD = """
            insert into backfleet.webhook_delivery (webhook, event, job_id, digest, not_before, state, outcome)
            select w.name, :event, :job, :digest,
                   greatest(clock_timestamp(), (
                     select max(coalesce(d.attempted_at, d.not_before)) + interval '15 minutes' from backfleet.webhook_delivery d
                     where d.webhook = w.name and d.job_id = :job and d.digest = :digest)),
                   case when w.disabled_at is null then 'PENDING' else 'FAILED' end,
                   case when w.disabled_at is not null then '%s' end
            from backfleet.webhook w where w.name = :webhook
            """.formatted(OFF);

    private final Handle handle;

    DeliveryStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds a delivery, in the transaction that completes the event. */
    void add(String webhook, CloudEvent event) {
        var digest = event.type().digest().orElse(null);
        if (digest != null && write(FOLD, webhook, event, digest) > 0) {
            return;
        }
        write(ADD, webhook, event, digest);
    }

    private int write(String sql, String webhook, CloudEvent event, @Nullable String digest) {
        return handle.createUpdate(sql)
                .bind("webhook", webhook)
                .bind("event", Long.valueOf(event.id()))
                .bind("job", event.job())
                .bind("digest", digest)
                .execute();
    }
}
