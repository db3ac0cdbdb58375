/** What both sides need to speak to PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.postgres;
