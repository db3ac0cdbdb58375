/** Which of several coordinators leads. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.lead;
