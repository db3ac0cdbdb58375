/** All flags, for those who read them elsewhere; and their removal, when no code asks them any more. */
@NullMarked
package dev.backfleet.coordinator.migration.flag;

import org.jspecify.annotations.NullMarked;
