package dev.backfleet.worker.shard;

import java.time.Duration;

/**
 * The answer to a slot that asked for rows of the job's rate.
 *
 * @param granted whether the slot may change them; if not, it has to ask again
 * @param delay how long to wait before changing them, or before asking again
 * @param limits the limits now
 */
public record Reservation(boolean granted, Duration delay, SlotLimits limits) {}
