/** Reading tables, keys, expressions and locks from PostgreSQL's catalog. */
@NullMarked
package dev.backfleet.coordinator.postgres.catalog;

import org.jspecify.annotations.NullMarked;
