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

/**
 * The last record of each scope that the observer has not processed yet: an old record is never delivered after a newer
 * one.
 */
final class PendingControlRecords {
    private static final Logger log = LoggerFactory.getLogger(PendingControlRecords.class);

    private final ControlObserver observer;
    private final Map<Scope, Placed> pending = new LinkedHashMap<>();

    PendingControlRecords(ControlObserver observer) {
        this.observer = observer;
    }

    void add(ControlChange.Desired desired, ControlPosition position) {
        pending.remove(desired.scope()); // ordered by the latest record of each scope
        pending.put(desired.scope(), new Placed(desired.record(), position));
    }

    /** Delivers all records; a record stays pending if the observer fails. */
    void deliver() {
        for (var entry : List.copyOf(pending.entrySet())) {
            try {
                observer.onDesiredState(
                        entry.getKey(),
                        entry.getValue().record(),
                        entry.getValue().position());
                pending.remove(entry.getKey());
            } catch (RuntimeException e) {
                log.atWarn()
                        .addKeyValue("scope", entry.getKey().key())
                        .addKeyValue("cause", KafkaFailures.describe(e))
                        .log("control record not processed; it is delivered again");
            }
        }
    }

    private record Placed(Optional<ControlRecord> record, ControlPosition position) {}
}
