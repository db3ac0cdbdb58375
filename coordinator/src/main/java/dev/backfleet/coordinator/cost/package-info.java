/** What jobs cost: the write-ahead log that they write, and by how much tables and indexes grow. */
@NullMarked
package dev.backfleet.coordinator.cost;

import org.jspecify.annotations.NullMarked;
