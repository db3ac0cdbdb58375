/** Desired states, and the pause that is proven: which shards are taken back, and when no row can change any more. */
@NullMarked
package dev.backfleet.coordinator.postgres.control;

import org.jspecify.annotations.NullMarked;
