/** What a migration would do: its steps, their locks, who is in the way, and the findings of its job. */
@NullMarked
package dev.backfleet.coordinator.migration.plan;

import org.jspecify.annotations.NullMarked;
