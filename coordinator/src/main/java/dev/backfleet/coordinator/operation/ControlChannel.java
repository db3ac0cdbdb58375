package dev.backfleet.coordinator.operation;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;

/** The way to tell the workers a wish. */
@FunctionalInterface
public interface ControlChannel {
    /**
     * Publishes a wish and waits until the broker has it.
     *
     * @throws RuntimeException if it is not known to have arrived
     */
    ControlPosition publish(Scope scope, ControlRecord wish);
}
