/** Jobs that follow from another job, instead of from a spec that a person has written: reconciles, repairs and undos. */
@NullMarked
package dev.backfleet.coordinator.operation.derived;

import org.jspecify.annotations.NullMarked;
