/** The command {@code migration}: the whole change of a table, of which a backfill is the middle. */
@NullMarked
package dev.backfleet.coordinator.cli.migration;

import org.jspecify.annotations.NullMarked;
