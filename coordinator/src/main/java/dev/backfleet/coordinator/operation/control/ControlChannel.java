package dev.backfleet.coordinator.operation.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;

/** Publishes control records to the workers. */
@FunctionalInterface
public interface ControlChannel {
    /**
     * Publishes a control record and waits until the broker has it.
     *
     * @throws RuntimeException if the broker did not confirm it
     */
    ControlPosition publish(Scope scope, ControlRecord record);
}
