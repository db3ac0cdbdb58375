/** The statements that read the job from which another one is derived, and store that one. */
@NullMarked
package dev.backfleet.coordinator.postgres.derived;

import org.jspecify.annotations.NullMarked;
