/** Throttling jobs while the database is overloaded: signals, the policy, and the resulting factor. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.throttle;
