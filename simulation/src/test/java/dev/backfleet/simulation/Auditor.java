package dev.backfleet.simulation;

import dev.backfleet.common.job.JobState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** Looks at the tables from time to time, in one snapshot, and at the end. */
final class Auditor {
    private static final long EVERY = 250_000;
    private static final long LEAKED = 20_000_000;

    private final Server server;
    private final Map<ShardRow, long[]> seen = new HashMap<>();
    private long boots;

    Auditor(Server server) {
        this.server = server;
        server.time.after(EVERY, this::look);
    }

    private void look() {
        server.time.after(EVERY, this::look);
        var crashed = server.boots() != boots;
        boots = server.boots();
        for (var job : server.jobs) {
            counts(job);
            tiling(job);
            for (var shard : job.shards) {
                progress(shard, crashed);
                lease(shard);
            }
        }
    }

    /** Rows counted are rows changed. */
    private static long counts(JobRow job) {
        var changed = 0L;
        for (var row = 1; row <= job.rows(); row++) {
            changed += job.changes[row];
        }
        var counted = 0L;
        for (var shard : job.shards) {
            counted += shard.changed;
        }
        if (counted != changed) {
            throw new Violation("job " + job.id + " counted " + counted + " rows and changed " + changed);
        }
        return changed;
    }

    /** Shards are disjoint and cover all rows, however often they were split. */
    private static void tiling(JobRow job) {
        var at = 0;
        var inOrder = job.shards.stream()
                .sorted(Comparator.<ShardRow>comparingInt(shard -> shard.lower.row())
                        .thenComparingInt(shard -> shard.upper.row()))
                .toList();
        for (var shard : inOrder) {
            if (shard.lower.row() != at) {
                throw new Violation("shard " + shard.id + " begins after row " + shard.lower.row() + " and not " + at);
            }
            at = shard.upper.row();
        }
        if (at != job.rows()) {
            throw new Violation("the shards of job " + job.id + " end at row " + at);
        }
    }

    /** Epoch and cursor never go back, but for a crash that takes rows and cursor alike. */
    private void progress(ShardRow shard, boolean crashed) {
        var before = seen.computeIfAbsent(shard, some -> new long[2]);
        if (shard.epoch < before[0] || (shard.cursor.row() < before[1] && !crashed)) {
            throw new Violation("shard " + shard.id + " went back to epoch " + shard.epoch + " at " + shard.cursor);
        }
        before[0] = shard.epoch;
        before[1] = shard.cursor.row();
    }

    /** When all is well, a lease that is over is found. */
    private void lease(ShardRow shard) {
        if (!server.weather.isBad()
                && shard.state == dev.backfleet.common.job.ShardState.RUNNING
                && shard.leaseUntil < server.clock() - LEAKED
                && server.time.now() > server.weather.calmSince() + LEAKED) {
            throw new Violation("shard " + shard.id + " kept its lease");
        }
    }

    /** The reckoning of jobs that are over. */
    void end() {
        for (var job : server.jobs) {
            for (var row = 1; row <= job.rows(); row++) {
                var due = job.table.isWanted(row) ? 1 : 0;
                if (job.state == JobState.SUCCEEDED && job.changes[row] != due) {
                    throw new Violation(
                            "row " + row + " of job " + job.id + " was changed " + job.changes[row] + " times");
                }
                if (job.application[row] != job.acknowledged[row]) {
                    throw new Violation("a write of the application to row " + row + " is lost");
                }
            }
            server.tally.rows += counts(job);
            for (var shard : job.shards) {
                if (shard.isOut()) {
                    throw new Violation("shard " + shard.id + " of a job that is over is " + shard.state);
                }
            }
        }
    }
}
