/** Working on a claimed shard: what to do next (pure), and doing it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.execute;
