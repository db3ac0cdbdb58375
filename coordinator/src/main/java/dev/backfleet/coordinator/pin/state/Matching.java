package dev.backfleet.coordinator.pin.state;

/**
 * How a condition holds for some rows before and after the change.
 *
 * @param rows how many rows that match it were looked at
 * @param still how many of them still match it after the change
 */
public record Matching(long rows, long still) {}
