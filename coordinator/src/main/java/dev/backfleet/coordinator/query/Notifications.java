package dev.backfleet.coordinator.query;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be told to others.
 *
 * @param unpublished events that are not on the lifecycle topic yet, counted up to 1,000
 * @param since when the oldest of them happened; null: there is none
 * @param messages messages that wait for webhooks
 * @param webhooks the webhooks
 * @param rejected that the leader's file of webhooks is not in effect; null: it is, or there is none
 */
public record Notifications(
        long unpublished,
        @Nullable Instant since,
        long messages,
        List<Webhook> webhooks,
        @Nullable Rejected rejected) {
    /** Nothing waits, and there are no webhooks. */
    public static final Notifications NONE = new Notifications(0, null, 0, List.of(), null);

    public Notifications {
        webhooks = List.copyOf(webhooks);
    }

    /**
     * A file of webhooks with a mistake.
     *
     * @param since when it was read
     * @param why the mistake, with file, line and what to write
     */
    public record Rejected(Instant since, String why) {}

    /**
     * How a webhook fares.
     *
     * @param name its name
     * @param failingSince the first failure after its last success; null: the last message was delivered
     * @param failure the last failure, as the end of a sentence
     * @param off whether it was turned off, after five days of failures
     * @param waiting messages that wait for it
     */
    public record Webhook(
            String name,
            @Nullable Instant failingSince,
            @Nullable String failure,
            boolean off,
            long waiting) {}
}
