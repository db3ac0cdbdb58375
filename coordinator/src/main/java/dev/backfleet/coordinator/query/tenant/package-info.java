/** Questions about the tenants of a job. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query.tenant;
