/** Endpoints that people have named to be told of events: their file, what is sent to them, and again if it fails. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.webhook;
