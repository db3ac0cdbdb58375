package dev.backfleet.common.control;

/**
 * Where a wish stands on the control topic. Positions can be compared only within the same incarnation of the topic:
 * one that was deleted and created again has another id, and starts from 0.
 *
 * @param topicId the id that the cluster gave to the topic
 * @param offset the offset of the wish's record
 */
public record ControlPosition(String topicId, long offset) {}
