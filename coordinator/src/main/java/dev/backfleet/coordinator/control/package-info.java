/** Putting into effect what the control topic says. */
@NullMarked
package dev.backfleet.coordinator.control;

import org.jspecify.annotations.NullMarked;
