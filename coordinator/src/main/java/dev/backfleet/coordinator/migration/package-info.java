/** A migration as its file describes it: the old and the new shape of a table, and what lies between. */
@NullMarked
package dev.backfleet.coordinator.migration;

import org.jspecify.annotations.NullMarked;
