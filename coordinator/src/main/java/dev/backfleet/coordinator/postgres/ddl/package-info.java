/** Statements that change definitions: their locks, who is in the way, and how far a concurrent one is. */
@NullMarked
package dev.backfleet.coordinator.postgres.ddl;

import org.jspecify.annotations.NullMarked;
