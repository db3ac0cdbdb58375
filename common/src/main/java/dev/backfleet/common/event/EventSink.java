package dev.backfleet.common.event;

/** Takes events. Reporting never blocks and never fails, but may lose events. */
@FunctionalInterface
public interface EventSink {
    void report(Event event);
}
