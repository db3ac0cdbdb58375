/** From a submitted job to its shards, and from its last shard to its end. */
@NullMarked
package dev.backfleet.coordinator.postgres.plan;

import org.jspecify.annotations.NullMarked;
