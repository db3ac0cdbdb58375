package dev.backfleet.common.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a wish stands on the control topic. Positions can be compared only within the same incarnation of the topic:
 * one that was deleted and created again has another id, and starts from 0.
 *
 * @param topicId the id that the cluster gave to the topic
 * @param offset the offset of the wish's record
 * @param at the record's time, by the producer's clock or the broker's; null: not known
 */
public record ControlPosition(
        String topicId, long offset, @Nullable Instant at) {

    /** A place whose time is not known. */
    public ControlPosition(String topicId, long offset) {
        this(topicId, offset, null);
    }
}
