/** The shards: creating, splitting, dispatching and revoking them. */
@NullMarked
package dev.backfleet.coordinator.postgres.shard;

import org.jspecify.annotations.NullMarked;
