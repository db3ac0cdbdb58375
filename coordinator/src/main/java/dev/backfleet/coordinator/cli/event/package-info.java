/** The commands about events and webhooks. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.cli.event;
