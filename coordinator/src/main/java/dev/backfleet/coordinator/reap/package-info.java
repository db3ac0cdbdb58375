/** Finding what was lost: expired leases, and tasks that nobody claimed. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.reap;
