package dev.backfleet.coordinator.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventData;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.EventType;
import java.time.Instant;
import java.util.Map;

/**
 * What is sent to an endpoint.
 *
 * @param id the same for each attempt, so that a receiver can tell a repetition
 * @param body JSON
 * @param contentType its media type
 */
record WebhookMessage(String id, String body, String contentType) {
    private static final String JSON = "application/json";

    /**
     * The message of a delivery.
     *
     * @param fleet the prefix of the fleet's topics
     * @param now when it is sent
     */
    static WebhookMessage of(Delivery delivery, Webhook webhook, String fleet, Instant now) {
        var event = delivery.event() == null ? test(delivery, now) : delivery.event();
        var data = (ObjectNode) EventJson.read(event.data());
        if (delivery.events() > 1) {
            data.put("events", delivery.events());
        }
        return switch (webhook.format()) {
            case CLOUDEVENTS ->
                new WebhookMessage(
                        "msg_" + event.id(), event.withData(fleet, data).toString(), CloudEvent.STRUCTURED);
            case SLACK -> new WebhookMessage("msg_" + event.id(), EventJson.write(Map.of("text", slack(data))), JSON);
        };
    }

    private static CloudEvent test(Delivery delivery, Instant now) {
        var data = new EventData("This is a test of a webhook", null, null, null, null, null, null, null, null);
        return new CloudEvent("test-" + delivery.id(), EventType.WEBHOOK_TEST, now, null, EventJson.write(data));
    }

    private static String slack(ObjectNode data) {
        var text = new StringBuilder(escaped(data.path("summary").asText()));
        if (data.hasNonNull("actor")) {
            text.append(", by ").append(escaped(data.path("actor").asText()));
        }
        if (data.hasNonNull("reason")) {
            text.append(": ").append(escaped(data.path("reason").asText()));
        }
        if (data.has("events")) {
            text.append(" (").append(data.path("events").asInt()).append(" changes since the last message)");
        }
        return text.toString();
    }

    // Slack reads these as a link, a mention or an entity.
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
