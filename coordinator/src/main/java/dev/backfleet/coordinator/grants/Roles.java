package dev.backfleet.coordinator.grants;

import dev.backfleet.common.sql.Identifier;

/**
 * The roles of a fleet in PostgreSQL.
 *
 * @param coordinator the role of coordinators, and of those who submit jobs; it owns the control schema
 * @param worker the role of workers
 */
public record Roles(Identifier coordinator, Identifier worker) {}
