/** Who may work on a shard: dispatches, claims, epochs, and what a slot learns of a stopped job. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.postgres.claim;
