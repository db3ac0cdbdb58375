/** Permits to work on a shard: the message, and the port through which workers take it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.task;
