package dev.backfleet.common.timeline;

/**
 * The timeline of a PostgreSQL server: each promotion of a standby begins a new one.
 *
 * @param system the system identifier, which a primary and its standbys have in common
 * @param number the timeline; of two servers of one system, the one with the higher number was promoted later
 */
public record Timeline(String system, long number) {}
