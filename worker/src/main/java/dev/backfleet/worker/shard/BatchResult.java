package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;

/**
 * What a committed batch did.
 *
 * @param cursor the checkpoint after it
 * @param walked rows scanned
 * @param changed rows changed
 * @param done whether the checkpoint has reached the shard's upper bound
 * @param limits the limits for the next batch
 */
public record BatchResult(Cursor cursor, long walked, long changed, boolean done, SlotLimits limits) {}
