/** The metrics of the fleet and of its jobs, which the leading coordinator publishes. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.metric;
