/** The statements about reconciles: what a job can be compared by, and what was found. */
@NullMarked
package dev.backfleet.coordinator.postgres.reconcile;

import org.jspecify.annotations.NullMarked;
