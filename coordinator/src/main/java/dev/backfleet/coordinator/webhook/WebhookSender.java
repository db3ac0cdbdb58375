package dev.backfleet.coordinator.webhook;

import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.outbound.OutboundRequests;
import dev.backfleet.coordinator.outbound.RefusedAddressException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of sending messages to webhooks. Each endpoint has a task of its own, so that a slow one holds up no other. The messages about
 * a job are sent in order: the next one when the one before was delivered, or is not sent again by itself. What sums up several events
 * keeps no order.
 */
public final class WebhookSender {
    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** How long an endpoint may take to answer. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final int MOST = 20;
    private static final int SUCCESS = 2;
    private static final int REDIRECT = 3;

    private final Webhooks webhooks;
    private final Deliveries deliveries;
    private final OutboundRequests requests;
    private final String fleet;
    private final Executor executor;
    private final Duty.Runner runner;
    private final MeterRegistry registry;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    /**
     * Creates the duty.
     *
     * @param fleet the prefix of the fleet's topics
     * @param executor runs one task for each endpoint at most
     * @param runner keeps a failure of one of these tasks
     */
    public WebhookSender(
            Webhooks webhooks,
            Deliveries deliveries,
            OutboundRequests requests,
            String fleet,
            Executor executor,
            Duty.Runner runner,
            MeterRegistry registry) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.requests = requests;
        this.fleet = fleet;
        this.executor = executor;
        this.runner = runner;
        this.registry = registry;
    }

    /** Reads the file again if it has changed, and begins to send what is due. */
    public void runOnce(long epoch) {
        webhooks.refresh();
        var all = webhooks.all();
        if (!deliveries.know(epoch, all, webhooks.rejection())) {
            return; // another coordinator leads
        }
        for (var webhook : all) {
            if (busy.add(webhook.name())) {
                executor.execute(() -> {
                    try {
                        runner.run(DutyName.WEBHOOK_DELIVERY, () -> send(epoch, webhook));
                    } finally {
                        busy.remove(webhook.name());
                    }
                });
            }
        }
    }

    private void send(long epoch, Webhook webhook) {
        for (var delivery : deliveries.due(webhook.name(), MOST)) {
            var begun = deliveries.begin(epoch, delivery.id());
            if (begun.isEmpty()) {
                return; // another coordinator leads, or somebody else has begun it
            }
            end(webhook, delivery, attempt(webhook, delivery, begun.get()));
        }
    }

    private Outcome attempt(Webhook webhook, Delivery delivery, Instant now) {
        try {
            var message = WebhookMessage.of(delivery, webhook, fleet, now);
            var secrets = secrets(webhook);
            var status = requests.send(
                            webhook.url(), request -> signed(request, message, secrets, now.getEpochSecond()))
                    .join();
            return Outcome.of(status);
        } catch (CompletionException e) {
            return new Outcome(false, words(e.getCause()));
        } catch (IOException | IllegalArgumentException e) {
            return new Outcome(false, "its secret cannot be read");
        }
    }

    private static List<byte[]> secrets(Webhook webhook) throws IOException {
        var secrets = new ArrayList<byte[]>();
        for (Path file : webhook.secretFiles()) {
            secrets.add(WebhookSignature.secret(Files.readString(file, StandardCharsets.UTF_8)));
        }
        return secrets;
    }

    private static HttpRequest.Builder signed(
            HttpRequest.Builder request, WebhookMessage message, List<byte[]> secrets, long now) {
        request.header("Content-Type", message.contentType())
                .POST(HttpRequest.BodyPublishers.ofString(message.body(), StandardCharsets.UTF_8));
        return secrets.isEmpty()
                ? request
                : request.header("webhook-id", message.id())
                        .header("webhook-timestamp", Long.toString(now))
                        .header("webhook-signature", WebhookSignature.of(secrets, message.id(), now, message.body()));
    }

    // Without an exception's own words, which may have the URL.
    private static String words(@Nullable Throwable failure) {
        if (failure instanceof RefusedAddressException refused) {
            return refused.why();
        }
        var late = failure instanceof TimeoutException || failure instanceof java.net.http.HttpTimeoutException;
        return late
                ? "no answer within " + TIMEOUT.toSeconds() + " s"
                : "no answer ("
                        + (failure == null ? "unknown" : failure.getClass().getSimpleName()) + ")";
    }

    private void end(Webhook webhook, Delivery delivery, Outcome outcome) {
        var retry = outcome.delivered() || delivery.isTest()
                ? Optional.<Duration>empty()
                : RetrySchedule.after(delivery.attempts() + 1);
        var off = deliveries.ended(webhook.name(), delivery.id(), outcome, retry);
        var label = outcome.delivered() ? "delivered" : retry.isPresent() ? "failed" : "given-up";
        CoordinatorMetric.WEBHOOK_DELIVERIES
                .counter(registry, webhook.name(), label)
                .increment();
        if (outcome.delivered()) {
            LOG.atDebug()
                    .addKeyValue("action", EventAction.WEBHOOK_DELIVERED)
                    .addKeyValue("webhook", webhook.name())
                    .addKeyValue("delivery", delivery.id())
                    .log("a message to a webhook was delivered");
        } else {
            LOG.atWarn()
                    .addKeyValue("action", EventAction.WEBHOOK_FAILED)
                    .addKeyValue("webhook", webhook.name())
                    .addKeyValue("delivery", delivery.id())
                    .addKeyValue("cause", outcome.words())
                    .addKeyValue("again", retry.map(HumanDuration::format).orElse("not by itself"))
                    .log("a message to a webhook was not delivered");
        }
        if (off) {
            LOG.atError()
                    .addKeyValue("action", EventAction.WEBHOOK_DISABLED)
                    .addKeyValue("webhook", webhook.name())
                    .addKeyValue("cause", outcome.words())
                    .log("a webhook is turned off, after five days of failures");
        }
    }

    /**
     * What came of an attempt.
     *
     * @param words as the end of a sentence, without what may be a secret
     */
    public record Outcome(boolean delivered, String words) {
        static Outcome of(int status) {
            var kind = status / 100;
            return new Outcome(
                    kind == SUCCESS,
                    "it answered " + status + (kind == REDIRECT ? ", and no redirect is followed" : ""));
        }
    }

    /** The stored deliveries. */
    public interface Deliveries {
        /**
         * Stores which webhooks there are. What waits for one that is gone is not sent any more.
         *
         * @param rejection the mistake of a later file, which is not in effect
         * @return whether the epoch is that of the leader
         */
        boolean know(long epoch, List<Webhook> webhooks, Optional<String> rejection);

        /** What is due for a webhook, in the order in which it is sent; of each job what comes first. */
        List<Delivery> due(String webhook, int most);

        /** Stores that an attempt begins, and when; nothing if the epoch is not that of the leader, or it is not due any more. */
        Optional<Instant> begin(long epoch, long delivery);

        /**
         * Stores what came of an attempt. A webhook that has failed for five days is turned off.
         *
         * @param retry when it is sent again; nothing: not by itself
         * @return whether it was turned off now
         */
        boolean ended(String webhook, long delivery, Outcome outcome, Optional<Duration> retry);
    }
}
