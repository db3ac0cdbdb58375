/** The end of a migration: what must be so before its old columns go, and how they do. */
@NullMarked
package dev.backfleet.coordinator.migration.contract;

import org.jspecify.annotations.NullMarked;
