/** Checking a spec against the database: what it names must exist, be usable, and stay the same for the whole job. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.pin;
