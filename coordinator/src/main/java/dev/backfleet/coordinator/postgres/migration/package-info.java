/** The statements of migrations: what the catalog says of their tables, and what PostgreSQL makes of their definitions. */
@NullMarked
package dev.backfleet.coordinator.postgres.migration;

import org.jspecify.annotations.NullMarked;
