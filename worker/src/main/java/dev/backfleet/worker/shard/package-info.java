/** What is decided about a claimed shard, as values: the state machine of a run, and all that goes in and out of it. */
@NullMarked
package dev.backfleet.worker.shard;

import org.jspecify.annotations.NullMarked;
