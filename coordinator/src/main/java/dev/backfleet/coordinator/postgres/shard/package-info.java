/** The shards: cutting, splitting, dispatching, taking back. */
@NullMarked
package dev.backfleet.coordinator.postgres.shard;

import org.jspecify.annotations.NullMarked;
