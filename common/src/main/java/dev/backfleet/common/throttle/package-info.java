/** The health of a database: signals, their units and thresholds. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.throttle;
