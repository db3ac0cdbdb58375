/** The state of a table and of its server before a job runs, as the catalog and the statistics show it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.pin.state;
