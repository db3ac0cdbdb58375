/** The commands {@code reconcile} and {@code gate}. */
@NullMarked
package dev.backfleet.coordinator.cli.reconcile;

import org.jspecify.annotations.NullMarked;
