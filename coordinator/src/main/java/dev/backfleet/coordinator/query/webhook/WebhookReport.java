package dev.backfleet.coordinator.query.webhook;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook, in the order of the JSON output; names and order are an interface.
 *
 * @param name its name
 * @param place scheme and host of its URL, the rest of which may be a secret
 * @param format cloudevents or slack
 * @param types the types that it gets
 * @param state ok, failing, off (after five days of failures), or gone (from the file)
 * @param waiting messages that wait for it
 * @param deliveredAt the last success; null: there was none
 * @param failingSince the first failure after that; null: there was none
 * @param failure the last failure; null: there was none since the last success
 * @param deliveries its messages, newest first; empty unless it was asked for by its name
 */
public record WebhookReport(
        String name,
        String place,
        String format,
        List<String> types,
        String state,
        long waiting,
        @Nullable Instant deliveredAt,
        @Nullable Instant failingSince,
        @Nullable String failure,
        List<Message> deliveries) {

    public WebhookReport {
        types = List.copyOf(types);
        deliveries = List.copyOf(deliveries);
    }

    /** The same with its messages. */
    WebhookReport with(List<Message> messages) {
        return new WebhookReport(
                name, place, format, types, state, waiting, deliveredAt, failingSince, failure, messages);
    }

    /**
     * A message.
     *
     * @param id its id
     * @param type the type of the event; webhook.test if somebody has asked for a test
     * @param job the job's name; null: it is of the fleet, or a test
     * @param events how many events it sums up
     * @param state pending, delivered or failed
     * @param attempts how often it was sent
     * @param createdAt when the event was completed
     * @param attemptedAt the last attempt; null: there was none
     * @param nextAt when it is sent next; null: not by itself
     * @param outcome of the last attempt; null: there was none
     */
    public record Message(
            long id,
            String type,
            @Nullable String job,
            int events,
            String state,
            int attempts,
            Instant createdAt,
            @Nullable Instant attemptedAt,
            @Nullable Instant nextAt,
            @Nullable String outcome) {}
}
