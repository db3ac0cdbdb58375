package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;

/**
 * What a committed batch did.
 *
 * @param cursor where the checkpoint is now
 * @param walked rows looked at
 * @param changed rows changed
 * @param done whether the checkpoint has reached the shard's upper bound
 * @param terms what holds for the next one
 */
public record BatchResult(Cursor cursor, long walked, long changed, boolean done, SlotLimits terms) {}
