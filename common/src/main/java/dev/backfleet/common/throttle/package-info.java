/** The words for a database's health: signals, what they are measured in, and the thresholds that people set. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.throttle;
