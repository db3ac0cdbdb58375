package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaFailures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last wish for each scope that the observer has not yet taken: an old wish never follows a newer one. */
final class PendingControlRecords {
    private static final Logger log = LoggerFactory.getLogger(PendingControlRecords.class);

    private final ControlObserver observer;
    private final Map<Scope, Placed> wishes = new LinkedHashMap<>();

    PendingControlRecords(ControlObserver observer) {
        this.observer = observer;
    }

    void add(ControlChange.Wish wish, ControlPosition position) {
        wishes.remove(wish.scope()); // the order is that of the latest wishes
        wishes.put(wish.scope(), new Placed(wish.record(), position));
    }

    /** Offers all; those that the observer fails on stay. */
    void deliver() {
        for (var entry : List.copyOf(wishes.entrySet())) {
            try {
                observer.onWish(
                        entry.getKey(),
                        entry.getValue().record(),
                        entry.getValue().position());
                wishes.remove(entry.getKey());
            } catch (RuntimeException e) {
                log.atWarn()
                        .addKeyValue("scope", entry.getKey().key())
                        .addKeyValue("cause", KafkaFailures.describe(e))
                        .log("wish not taken; it is offered again");
            }
        }
    }

    private record Placed(Optional<ControlRecord> record, ControlPosition position) {}
}
