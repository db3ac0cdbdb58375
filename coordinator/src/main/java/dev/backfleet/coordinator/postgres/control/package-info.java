/** Desired states, and the pause that is proven: which shards are revoked, and when no more rows can change. */
@NullMarked
package dev.backfleet.coordinator.postgres.control;

import org.jspecify.annotations.NullMarked;
