/** How fast jobs advance, and the limits that follow for each slot. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.measure;
