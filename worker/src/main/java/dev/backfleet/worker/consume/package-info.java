/** Consuming tasks: a free slot, a task, a claim, the acknowledgement. */
@NullMarked
package dev.backfleet.worker.consume;

import org.jspecify.annotations.NullMarked;
