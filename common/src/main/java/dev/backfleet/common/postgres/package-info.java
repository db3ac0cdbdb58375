/** The connection to PostgreSQL, as both sides need it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.postgres;
