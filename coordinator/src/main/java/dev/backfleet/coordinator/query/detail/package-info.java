/** The questions about one job in detail: what it is, its shards, its history; one class for each question. */
@NullMarked
package dev.backfleet.coordinator.query.detail;

import org.jspecify.annotations.NullMarked;
