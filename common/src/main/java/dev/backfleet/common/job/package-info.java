/** Jobs and shards: their identity, definition, states and legal transitions. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.job;
