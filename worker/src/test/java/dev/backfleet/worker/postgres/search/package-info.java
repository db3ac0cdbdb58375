/** Rows that a batch cannot change: rejected ones, slow ones, and how they are found among keys of deleted rows. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.postgres.search;
