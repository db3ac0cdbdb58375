/** What people can ask for: one file for each action. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation;
