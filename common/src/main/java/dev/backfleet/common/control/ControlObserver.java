package dev.backfleet.common.control;

import java.util.Optional;

/** Is notified of changes on the control topic. Called on the listener's thread: do not block it for long. */
public interface ControlObserver {

    /** Observes nothing. */
    ControlObserver NONE = new ControlObserver() {};

    /** The view has changed: a desired state, or whether the control topic is connected. */
    default void onChange(ControlView view) {}

    /**
     * Delivers the last control record of a scope, after the topic was read to its end: once for each scope at the
     * start, and then for each new record. The same record may come again when the topic had to be read again. If this
     * method throws, the record is delivered again a second later, unless a newer one has replaced it.
     *
     * @param scope which scope the record is about
     * @param desired the desired state; empty if the record was deleted (a tombstone)
     * @param position the record's position on the topic
     */
    default void onDesiredState(Scope scope, Optional<ControlRecord> desired, ControlPosition position) {}
}
