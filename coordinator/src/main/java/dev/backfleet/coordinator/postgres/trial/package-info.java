/** Batches of a job that does not exist, in transactions that are rolled back: how PostgreSQL plans them, and what they take. */
@NullMarked
package dev.backfleet.coordinator.postgres.trial;

import org.jspecify.annotations.NullMarked;
