/** Performing the steps on a claimed shard, and the two ports to the database: leases, and work on rows. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.execute;
