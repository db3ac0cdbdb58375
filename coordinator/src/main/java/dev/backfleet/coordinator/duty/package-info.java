/** The duties of the leader, one class each with a {@code runOnce}. */
@NullMarked
package dev.backfleet.coordinator.duty;

import org.jspecify.annotations.NullMarked;
