package dev.backfleet.common.event;

/** Where events go. Reporting never blocks, never fails, and may lose what it is given. */
@FunctionalInterface
public interface EventSink {
    /** Reports the event. */
    void report(Event event);
}
