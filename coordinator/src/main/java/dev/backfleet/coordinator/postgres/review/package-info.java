/** Reads the state of a table and of its server, each in one statement. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.postgres.review;
