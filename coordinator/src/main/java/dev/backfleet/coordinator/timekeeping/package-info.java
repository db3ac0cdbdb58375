/** Where the time of a job went: each second is shared out among causes, in the database. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.timekeeping;
