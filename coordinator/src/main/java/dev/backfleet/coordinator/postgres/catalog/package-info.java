/** What the database says about tables, keys, expressions and locks. */
@NullMarked
package dev.backfleet.coordinator.postgres.catalog;

import org.jspecify.annotations.NullMarked;
