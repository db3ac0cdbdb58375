/** What people ask about migrations. */
@NullMarked
package dev.backfleet.coordinator.query.migration;

import org.jspecify.annotations.NullMarked;
