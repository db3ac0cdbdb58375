/** The steps of a migration: each one statement or a few, with the query that tells whether it is done, and the way back. */
@NullMarked
package dev.backfleet.coordinator.migration.step;

import org.jspecify.annotations.NullMarked;
