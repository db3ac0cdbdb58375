/**
 * What happens to jobs and to the fleet, told to others: what an event says, and who gets it. Events are written by the triggers of the
 * control schema ({@code note_job_event}, {@code note_throttle_event} and {@code note_fleet_event} in R__functions.sql), in the transaction
 * of the change.
 */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.notify;
