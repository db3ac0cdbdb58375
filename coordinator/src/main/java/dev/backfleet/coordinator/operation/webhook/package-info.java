/** What people ask of webhooks. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation.webhook;
