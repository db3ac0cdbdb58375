/** Which privileges a fleet needs for a job, and the script that grants them. */
@NullMarked
package dev.backfleet.coordinator.grants;

import org.jspecify.annotations.NullMarked;
