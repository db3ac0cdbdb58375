/** Ending what has come to its end: pauses, cancellations and jobs. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.complete;
