/** What fails for one job, so that it holds up no other. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.problem;
