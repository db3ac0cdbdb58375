/** All flags, for those who read them elsewhere. */
@NullMarked
package dev.backfleet.coordinator.migration.flag;

import org.jspecify.annotations.NullMarked;
