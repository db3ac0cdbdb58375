package dev.backfleet.coordinator.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.control.ControlChannel;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of publishing the control records that commands stored but could not publish, because Kafka was unreachable: so
 * that the control topic and the control schema agree again.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Store store;
    private final ControlChannel channel;

    public Outbox(Store store, ControlChannel channel) {
        this.store = store;
        this.channel = channel;
    }

    /** Publishes the unpublished records, oldest first; ends at the first that cannot be published. */
    public void runOnce() {
        for (var waiting : store.unpublished()) {
            store.published(waiting.scope(), waiting.storedAt(), channel.publish(waiting.scope(), waiting.record()));
            LOG.atInfo()
                    .addKeyValue("scope", waiting.scope().key())
                    .addKeyValue("state", waiting.record().state())
                    .log("published a control record that a command could not publish");
        }
    }

    /** The stored desired states. */
    public interface Store {
        /** The records that are not known to be on the topic, oldest first. */
        List<Unpublished> unpublished();

        /** Stores the position on the topic of the record that was stored at a time, unless another record has replaced it. */
        void published(Scope scope, Instant storedAt, ControlPosition position);
    }

    /**
     * A desired state that is not known to be on the topic.
     *
     * @param storedAt when it was stored, by the database's clock
     */
    public record Unpublished(Scope scope, ControlRecord record, Instant storedAt) {}
}
