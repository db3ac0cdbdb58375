/** The statements about events that are told to others, and about webhooks. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.postgres.outbox;
