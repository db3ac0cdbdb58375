/** The trigger that keeps the old and the new shape of a table the same while both are in use. */
@NullMarked
package dev.backfleet.coordinator.migration.sync;

import org.jspecify.annotations.NullMarked;
