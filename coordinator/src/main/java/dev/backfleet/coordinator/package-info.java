/** The coordinator as a whole: its duties put together. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator;
