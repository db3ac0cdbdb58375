package dev.backfleet.common.control;

import java.time.Duration;

/**
 * A worker accepts no tasks.
 *
 * @param reason why
 * @param age for how long
 */
public record Suspension(NotAccepting reason, Duration age) {}
