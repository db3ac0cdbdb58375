package dev.backfleet.common.timeline;

/**
 * A PostgreSQL server's history, as far as it can be compared: each promotion of a standby begins a new timeline.
 *
 * @param system the system identifier, which a primary and its standbys have in common
 * @param number the timeline; of two servers of one system, the one with the higher number was promoted later
 */
public record Timeline(String system, long number) {}
