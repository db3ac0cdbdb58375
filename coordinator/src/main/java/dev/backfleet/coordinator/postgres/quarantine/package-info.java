/** The rows that were rejected: listed, retried, dropped. */
@NullMarked
package dev.backfleet.coordinator.postgres.quarantine;

import org.jspecify.annotations.NullMarked;
