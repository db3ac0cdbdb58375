/** What is stored and found in the catalog about the end of migrations. */
@NullMarked
package dev.backfleet.coordinator.postgres.contract;

import org.jspecify.annotations.NullMarked;
