/** The waves that a job goes through: which shards are in which, and when the next one begins. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.rollout;
