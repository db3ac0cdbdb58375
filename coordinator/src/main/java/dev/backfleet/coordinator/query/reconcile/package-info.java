/** Questions about what a reconcile has found. */
@NullMarked
package dev.backfleet.coordinator.query.reconcile;

import org.jspecify.annotations.NullMarked;
