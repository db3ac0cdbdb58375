/** Questions about rows in quarantine: which there are, and what PostgreSQL says about one of them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query.quarantine;
