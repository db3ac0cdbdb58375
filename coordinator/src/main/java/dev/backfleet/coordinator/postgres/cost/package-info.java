/** What jobs cost, and what was forecast: {@code backfleet.job_cost} and {@code forecast}. */
@NullMarked
package dev.backfleet.coordinator.postgres.cost;

import org.jspecify.annotations.NullMarked;
