/** The question about webhooks and their messages. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query.webhook;
