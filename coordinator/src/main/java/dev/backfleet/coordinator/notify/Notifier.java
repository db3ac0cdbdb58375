package dev.backfleet.coordinator.notify;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of telling others what has happened. An event is written by the transaction that changes the state, so none is lost; it is
 * completed once, and then published at least once, in order. Whoever leads next goes on where this leader has stopped.
 */
public final class Notifier {
    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final int MOST = 100;

    private final Outbox outbox;
    private final EventComposer composer;
    private final Receivers receivers;
    private final Channel channel;
    private final Consumer<StoredEvent> completed;

    /**
     * Creates the duty.
     *
     * @param receivers the webhooks
     * @param channel the topic
     * @param completed is told of each event that this coordinator has completed: of each event once, among all coordinators
     */
    public Notifier(
            Outbox outbox,
            EventComposer composer,
            Receivers receivers,
            Channel channel,
            Consumer<StoredEvent> completed) {
        this.outbox = outbox;
        this.composer = composer;
        this.receivers = receivers;
        this.channel = channel;
        this.completed = completed;
    }

    /** Completes events, with the deliveries to webhooks that follow from them. */
    public void complete(long epoch) {
        outbox.noteQuarantine(epoch);
        for (var stored : outbox.incomplete(MOST)) {
            var event = composer.compose(stored);
            if (event.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("event", stored.id())
                        .addKeyValue("type", stored.type())
                        .log("an event of a later release is not published");
            }
            switch (outbox.complete(
                    epoch, stored, event, event.map(receivers::of).orElse(List.of()))) {
                case DONE -> completed.accept(stored);
                case DONE_BEFORE -> {}
                case NOT_LEADING -> {
                    return;
                }
            }
        }
    }

    /** Publishes what was not published, the oldest first; ends at the first event that cannot be. */
    public void publish(long epoch) {
        for (var event : outbox.unpublished(MOST)) {
            if (!outbox.leads(epoch)) {
                return;
            }
            channel.publish(event);
            outbox.published(event);
        }
    }

    /** Which webhooks get an event. */
    @FunctionalInterface
    public interface Receivers {
        /** Their names. */
        List<String> of(CloudEvent event);
    }

    /** The topic. */
    @FunctionalInterface
    public interface Channel {
        /** Returns when the brokers have the event; throws if that is not certain. */
        void publish(CloudEvent event);
    }

    /** What came of completing an event. */
    public enum Completion {
        /** It is completed now. */
        DONE,
        /** It was completed already. */
        DONE_BEFORE,
        /** The epoch is no longer that of the leader, and nothing was stored. */
        NOT_LEADING
    }

    /** The stored events. */
    public interface Outbox {
        /** Writes an event for each job whose quarantine has grown since its last one, 15 minutes ago or more. */
        void noteQuarantine(long epoch);

        /** Events that are not completed, the oldest first. */
        List<StoredEvent> incomplete(int most);

        /**
         * Stores what is told of an event, and to which webhooks, in one transaction.
         *
         * @param event nothing: it is not told
         */
        Completion complete(long epoch, StoredEvent stored, Optional<CloudEvent> event, List<String> webhooks);

        /** Completed events of which it is not known that the topic has them, the oldest first. */
        List<CloudEvent> unpublished(int most);

        /** Whether the epoch is that of the leader now. */
        boolean leads(long epoch);

        /** Stores that the topic has an event. */
        void published(CloudEvent event);
    }
}
