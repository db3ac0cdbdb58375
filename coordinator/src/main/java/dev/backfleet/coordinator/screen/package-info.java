/** A job's progress on a terminal and in a log: formatting the status, and drawing it in place. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.screen;
