/** Jobs and shards: their identity, what they are pinned to, their states and the legal moves between them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.job;
