/** Asking others over HTTP. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.http;
