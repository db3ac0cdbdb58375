/** Splitting shards after they were planned: to carve a tenant out, or to share a straggler. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.split;
