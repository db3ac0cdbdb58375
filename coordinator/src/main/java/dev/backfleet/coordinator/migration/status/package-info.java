/** What people ask about migrations. */
@NullMarked
package dev.backfleet.coordinator.migration.status;

import org.jspecify.annotations.NullMarked;
