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
        var pass = shard.pass == believed.pass() || server.mutant == Mutant.FENCE_WITHOUT_PASS;
        return epoch && pass && (shard.cursor.equals(Point.of(believed)) || trustsWorker(server));
    }

    /** In which pass the rows are. */
    static int pass(Server server, ShardRow shard, Cursor believed) {
        return server.mutant == Mutant.FENCE_WITHOUT_PASS ? believed.pass() : shard.pass;
    }

    /** Where the rows begin. */
    static Point start(Server server, ShardRow shard, Cursor believed) {
        return trustsWorker(server) ? Point.of(believed) : shard.cursor;
    }

    private static boolean trustsWorker(Server server) {
        return server.mutant == Mutant.FENCE_WITHOUT_CURSOR || server.mutant == Mutant.MEMORY_TRUSTED;
    }

    // Behind the last row, if there are not so many.
    private static long nth(ShardRow shard, int from, int rows) {
        if (shard.job.passes == 1) {
            return (long) from + rows;
        }
        var left = rows;
        var row = from;
        while (left > 0 && row <= shard.job.rows()) {
            row++;
            left -= row <= shard.job.rows() && shard.takes(row) ? 1 : 0;
        }
        return row;
    }

    /** Where so many rows end. A shard that ends with a tenant is not known to end with the row that is its last today. */
    static Point end(ShardRow shard, Point from, int rows) {
        var nth = nth(shard, from.row(), rows);
        var upper = shard.upper;
        var last = upper.whole() ? nth >= upper.row() : nth > upper.row() || nth > shard.job.rows();
        return last ? upper : shard.job.table.after((int) nth);
    }
}
