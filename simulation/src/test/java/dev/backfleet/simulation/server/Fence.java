package dev.backfleet.simulation.server;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.worker.shard.Claim;

/** What batches and quarantine have in common: whether a claim still holds, and how far so many rows reach. */
final class Fence {
    private Fence() {}

    /** Whether the claim still holds, and its cursor is the stored one. */
    static boolean holds(Server server, ShardRow shard, Claim claim, Cursor believed) {
        if (shard.job.tableReplaced
                || shard.state != ShardState.RUNNING
                || (!shard.upper.whole() && !claim.endsWithTenant())) {
            return false;
        }
        var epoch = shard.epoch == claim.epoch() || server.mutant == Mutant.FENCE_WITHOUT_EPOCH;
        return epoch && (shard.cursor.equals(Point.of(believed)) || trustsWorker(server));
    }

    /** Where the rows begin. */
    static Point start(Server server, ShardRow shard, Cursor believed) {
        return trustsWorker(server) ? Point.of(believed) : shard.cursor;
    }

    private static boolean trustsWorker(Server server) {
        return server.mutant == Mutant.FENCE_WITHOUT_CURSOR || server.mutant == Mutant.MEMORY_TRUSTED;
    }

    /** Where so many rows end. A shard that ends with a tenant is not known to end with the row that is its last today. */
    static Point end(ShardRow shard, Point from, int rows) {
        var nth = (long) from.row() + rows;
        var upper = shard.upper;
        var last = upper.whole() ? nth >= upper.row() : nth > upper.row() || nth > shard.job.rows();
        return last ? upper : shard.job.table.after((int) nth);
    }
}
