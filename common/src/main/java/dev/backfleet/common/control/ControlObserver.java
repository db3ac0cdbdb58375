package dev.backfleet.common.control;

import java.util.Optional;

/** Who wants to know at once what is said on the control topic. Called on the listener's thread: do not block it long. */
public interface ControlObserver {

    /** Observes nothing. */
    ControlObserver NONE = new ControlObserver() {};

    /** What is permitted has changed, or whether the topic is heard. */
    default void onChange(ControlView view) {}

    /**
     * The last wish for a scope, after the topic was read to its end: once for each scope at the start, and then
     * whenever there is a new one. The same wish may come again, when the topic had to be read anew. If this throws, the wish is offered again a second later, unless a newer one has
     * replaced it.
     *
     * @param scope what the wish is about
     * @param wish what is wanted; empty if the wish was taken back
     * @param position where it stands
     */
    default void onWish(Scope scope, Optional<ControlRecord> wish, ControlPosition position) {}
}
