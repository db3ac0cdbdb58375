/** The questions about one job in detail: its definition, its shards, its history. */
@NullMarked
package dev.backfleet.coordinator.postgres.detail;

import org.jspecify.annotations.NullMarked;
