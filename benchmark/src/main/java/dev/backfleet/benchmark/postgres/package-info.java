/** What the measurements do in PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark.postgres;
