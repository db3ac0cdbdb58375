package dev.backfleet.coordinator;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.event.LifecyclePublisher;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.Notifier;
import dev.backfleet.coordinator.notify.PauseMeter;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.outbound.OutboundRequests;
import dev.backfleet.coordinator.postgres.outbox.PostgresDeliveries;
import dev.backfleet.coordinator.postgres.outbox.PostgresOutbox;
import dev.backfleet.coordinator.postgres.outbox.PostgresPauses;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.webhook.WebhookSender;
import dev.backfleet.coordinator.webhook.Webhooks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Wires the duties that tell others what has happened: on the lifecycle topic, and to webhooks. */
final class EventDuties implements AutoCloseable {
    private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration FORGET = Duration.ofHours(1);

    private final LifecyclePublisher publisher;
    private final ExecutorService senders;
    private final List<Duty> duties;

    EventDuties(Webhooks webhooks, Database database, KafkaClients kafka, Duty.Runner runner, MeterRegistry registry) {
        var fleet = kafka.topics().prefix();
        this.publisher = new LifecyclePublisher(kafka);
        this.senders = Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "webhook");
            thread.setDaemon(true);
            return thread;
        });
        var outbox = new PostgresOutbox(database);
        var pauses = new PauseMeter(new PostgresPauses(database), registry);
        var notifier = new Notifier(
                outbox,
                new EventComposer(new PostgresQueries(database), new PostgresVerdicts(database)),
                webhooks,
                event -> publisher.publish(event.subject(), event.headers(fleet), event.data(), PUBLISH_TIMEOUT),
                pauses::completed);
        var requests = new OutboundRequests(AddressRule.ALL_BUT_LINK_LOCAL::resolve, WebhookSender.TIMEOUT);
        var sender = new WebhookSender(
                webhooks, new PostgresDeliveries(database), requests, fleet, senders, runner, registry);
        this.duties = List.of(
                Duty.every(Notifier.EVERY, DutyName.EVENTS, epoch -> {
                    pauses.countFleet(epoch);
                    notifier.complete(epoch);
                }),
                Duty.every(Notifier.EVERY, DutyName.LIFECYCLE, notifier::publish),
                Duty.every(WebhookSender.EVERY, DutyName.WEBHOOKS, sender::runOnce),
                Duty.every(FORGET, DutyName.OLD_EVENTS, outbox::forget));
    }

    /**
     * The webhooks of the file that the settings name.
     *
     * @throws dev.backfleet.common.settings.SettingsException if it is not right
     */
    static Webhooks webhooks(CoordinatorSettings settings, MeterRegistry registry) {
        var rejected = CoordinatorMetric.WEBHOOKS_REJECTED.counter(registry);
        return Webhooks.of(settings.webhooks(), rejected::increment);
    }

    /** Each has a thread of its own: Kafka or an endpoint that is away holds up nothing else. */
    List<Duty> ofTheirOwnThread() {
        return duties;
    }

    @Override
    public void close() {
        senders.shutdownNow();
        publisher.close();
    }
}
