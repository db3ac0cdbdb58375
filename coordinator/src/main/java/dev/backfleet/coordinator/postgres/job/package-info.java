/** The jobs: state, settings, definition, partitions, waves, notes and audit. */
@NullMarked
package dev.backfleet.coordinator.postgres.job;

import org.jspecify.annotations.NullMarked;
