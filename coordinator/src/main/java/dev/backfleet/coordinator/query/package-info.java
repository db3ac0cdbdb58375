/** What a person can ask about jobs, workers and the fleet: one class for each question, and what it is answered with. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query;
