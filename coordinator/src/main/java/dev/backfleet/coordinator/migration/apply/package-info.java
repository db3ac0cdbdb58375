/** What people ask of migrations: to take one as far as it goes, and to give one up. */
@NullMarked
package dev.backfleet.coordinator.migration.apply;

import org.jspecify.annotations.NullMarked;
