/** What people can ask about jobs, workers and the fleet. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query;
