/** Connections to PostgreSQL, for coordinator, worker and commands. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.postgres;
