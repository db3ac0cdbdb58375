/** Operations that compare the rows of a table with what a job should have made of them. */
@NullMarked
package dev.backfleet.coordinator.operation.reconcile;

import org.jspecify.annotations.NullMarked;
