/** The values that jobs have overwritten and kept: {@code backfleet.kept_row}. */
@NullMarked
package dev.backfleet.coordinator.postgres.undo;

import org.jspecify.annotations.NullMarked;
