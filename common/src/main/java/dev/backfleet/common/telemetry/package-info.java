/** Logging. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.telemetry;
