/** Jobs and shards: their identity, states and the legal moves between them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.job;
