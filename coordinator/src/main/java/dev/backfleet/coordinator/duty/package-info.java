/** What the leader does again and again: one class for each duty, with a {@code runOnce}. */
@NullMarked
package dev.backfleet.coordinator.duty;

import org.jspecify.annotations.NullMarked;
