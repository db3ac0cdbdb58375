package dev.backfleet.common.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The position of a record on the control topic. Positions can be compared only within one incarnation of the topic: a
 * topic that was deleted and created again has another id, and its offsets start from 0.
 *
 * @param topicId the id that the cluster gave to the topic
 * @param offset the record's offset
 * @param at the record's time, by the producer's or the broker's clock; null: unknown
 */
public record ControlPosition(
        String topicId, long offset, @Nullable Instant at) {

    /** A position whose time is unknown. */
    public ControlPosition(String topicId, long offset) {
        this(topicId, offset, null);
    }
}
