/** Tasks, the messages that permit a worker to work on a shard, and the interfaces of their queue. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.task;
