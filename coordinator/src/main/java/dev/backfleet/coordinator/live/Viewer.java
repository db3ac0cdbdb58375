package dev.backfleet.coordinator.live;

/** Somebody who watches. None of its methods waits. */
public interface Viewer {
    /** Tells an event; one of the same name that was not sent yet is replaced. */
    void tell(String event, String data);

    /** Is called each second: the viewer says that it is there, and ends what takes too long. */
    void tick();

    /** Ends it after what was told is sent. */
    void end();

    /** Whether it has ended. */
    boolean ended();
}
