/** What happens to jobs and to the fleet, told to others: events, how they are written, and who gets them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.notify;
