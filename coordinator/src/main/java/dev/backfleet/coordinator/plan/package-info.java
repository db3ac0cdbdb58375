/** Cutting a job's table into shards. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.plan;
