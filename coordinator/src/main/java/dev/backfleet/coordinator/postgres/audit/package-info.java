/** The statements about {@code backfleet.audit}: who changed what, and the chain of hashes over it. */
@NullMarked
package dev.backfleet.coordinator.postgres.audit;

import org.jspecify.annotations.NullMarked;
