package dev.backfleet.coordinator.query.webhook;

import dev.backfleet.coordinator.operation.webhook.TestWebhook;
import java.util.List;
import java.util.Optional;

/** The query for webhooks, as the leading coordinator has read them, and for their messages. */
public final class ListWebhooks {
    private final Webhooks webhooks;

    public ListWebhooks(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /** All of them, without their messages. */
    public List<WebhookReport> run() {
        return webhooks.all();
    }

    /**
     * One of them, with its newest messages.
     *
     * @throws dev.backfleet.coordinator.operation.OperationRefused INVALID if there is none of that name
     */
    public WebhookReport run(String name, int messages) {
        return webhooks.all().stream()
                .filter(webhook -> webhook.name().equals(name))
                .findFirst()
                .orElseThrow(() -> TestWebhook.unknown(name))
                .with(webhooks.messages(name, messages));
    }

    /** One message of a webhook. */
    public Optional<WebhookReport.Message> message(long id) {
        return webhooks.message(id);
    }

    /** The stored webhooks. */
    public interface Webhooks {
        /** All, by name; without messages. */
        List<WebhookReport> all();

        /** The newest messages of one. */
        List<WebhookReport.Message> messages(String name, int most);

        /** A message. */
        Optional<WebhookReport.Message> message(long id);
    }
}
