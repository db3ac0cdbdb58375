/** The command {@code migration contract}, and the removal of a flag: the end of a migration. */
@NullMarked
package dev.backfleet.coordinator.cli.migration.contract;

import org.jspecify.annotations.NullMarked;
