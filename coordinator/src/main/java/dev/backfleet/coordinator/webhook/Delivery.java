package dev.backfleet.coordinator.webhook;

import dev.backfleet.coordinator.notify.CloudEvent;
import org.jspecify.annotations.Nullable;

/**
 * A message that an endpoint is to get.
 *
 * @param id its id
 * @param event what it tells; null: it is a test
 * @param events of how many events it tells: one, or those that one message sums up
 * @param attempts how often it was sent
 */
public record Delivery(long id, @Nullable CloudEvent event, int events, int attempts) {

    /** Whether somebody has asked for it with {@code backfleet webhooks NAME --test}. */
    public boolean isTest() {
        return event == null;
    }
}
