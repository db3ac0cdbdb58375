/** Applying the records of the control topic. */
@NullMarked
package dev.backfleet.coordinator.control;

import org.jspecify.annotations.NullMarked;
