/** The queries: the status of jobs, tenants and workers. */
@NullMarked
package dev.backfleet.coordinator.postgres.query;

import org.jspecify.annotations.NullMarked;
