/** The time windows in which jobs may run. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.window;
