package dev.backfleet.coordinator.operation;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of publishing what commands stored and could not publish, because Kafka was away: so that the control topic
 * and the control schema agree again.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Store store;
    private final ControlChannel channel;

    /** Creates it. */
    public Outbox(Store store, ControlChannel channel) {
        this.store = store;
        this.channel = channel;
    }

    /** Publishes what waits, in the order in which it was said; ends at the first that cannot be published. */
    public void runOnce() {
        for (var waiting : store.unpublished()) {
            store.published(waiting.scope(), waiting.said(), channel.publish(waiting.scope(), waiting.wish()));
            LOG.atInfo()
                    .addKeyValue("scope", waiting.scope().key())
                    .addKeyValue("state", waiting.wish().state())
                    .log("published what a command could not publish");
        }
    }

    /** What is stored of the desired states. */
    public interface Store {
        /** What is not known to be on the topic, oldest first. */
        List<Unpublished> unpublished();

        /** Stores where what was said at a time stands on the topic, unless another has replaced it. */
        void published(Scope scope, Instant said, ControlPosition position);
    }

    /**
     * A desired state that is not known to be on the topic.
     *
     * @param said when it was said, by the database's clock
     */
    public record Unpublished(Scope scope, ControlRecord wish, Instant said) {}
}
