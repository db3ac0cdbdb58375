/** Queries about jobs, workers and the fleet: one class for each, and the records that it returns. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query;
