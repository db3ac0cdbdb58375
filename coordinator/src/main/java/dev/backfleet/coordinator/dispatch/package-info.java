/** Choosing which shards may be worked on now, and publishing their tasks. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.dispatch;
