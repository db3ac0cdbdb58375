/** What prevents, delays or threatens work: found in one place, for every screen, table and JSON. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.problem;
