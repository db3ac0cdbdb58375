package dev.backfleet.coordinator.webhook;

import java.util.Locale;

/** What is sent to an endpoint. */
public enum WebhookFormat {
    /** A signed CloudEvent in structured mode. */
    CLOUDEVENTS,
    /** A text for Slack, or for what takes its messages. The URL is the secret; nothing is signed. */
    SLACK;

    /** As in the file: {@code slack}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
