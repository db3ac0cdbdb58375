/** What a job will cost: some of its batches are run and rolled back, and the rest follows from what they took. */
@NullMarked
package dev.backfleet.coordinator.forecast;

import org.jspecify.annotations.NullMarked;
