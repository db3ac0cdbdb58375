/** Which of several coordinators leads, and the schedule of its duties. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.lead;
