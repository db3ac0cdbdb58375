/** The signals of the database, and what the throttle has decided. */
@NullMarked
package dev.backfleet.coordinator.postgres.throttle;

import org.jspecify.annotations.NullMarked;
