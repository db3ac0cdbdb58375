/** The switch of reads to the new shape, step by step, and the way back. */
@NullMarked
package dev.backfleet.coordinator.migration.cutover;

import org.jspecify.annotations.NullMarked;
