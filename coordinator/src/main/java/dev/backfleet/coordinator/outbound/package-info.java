/** Requests to addresses that people have written into specs and files: where they may go, and how they are sent. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.outbound;
