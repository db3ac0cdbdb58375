/** What a plan of a migration tries out on the server: definitions and statements on empty copies of a table, expressions on a sample of rows. */
@NullMarked
package dev.backfleet.coordinator.postgres.migration.trial;

import org.jspecify.annotations.NullMarked;
