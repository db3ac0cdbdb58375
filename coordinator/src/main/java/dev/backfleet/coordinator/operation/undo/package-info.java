/** Putting back the values that a job has overwritten and kept. */
@NullMarked
package dev.backfleet.coordinator.operation.undo;

import org.jspecify.annotations.NullMarked;
