/** What jobs have kept of the values that they have overwritten. */
@NullMarked
package dev.backfleet.coordinator.query.undo;

import org.jspecify.annotations.NullMarked;
