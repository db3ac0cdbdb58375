/** The watch over a cutover: what its signals are and were before the step, who takes the next step, and when reads are taken back. */
@NullMarked
package dev.backfleet.coordinator.migration.watch;

import org.jspecify.annotations.NullMarked;
