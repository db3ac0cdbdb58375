package dev.backfleet.common.control;

import java.time.Duration;

/**
 * A worker accepts no tasks.
 *
 * @param reason why
 * @param age for how long that has been so
 */
public record Suspension(NotAccepting reason, Duration age) {}
