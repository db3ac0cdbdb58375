/** Reconciles by a whole fleet: what they find, whatever happens while they run. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.reconcile;
