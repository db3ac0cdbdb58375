/** Holding jobs back while the database suffers: signals, the policy, and the factor that follows. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.throttle;
