package dev.backfleet.simulation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Server;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

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
            ledger(job);
            values(job);
            copies(job);
            ends(job);
            for (var shard : job.shards) {
                progress(shard, crashed);
                lease(shard);
            }
        }
    }

    /** Counts equal the rows changed, or judged by a comparison, scanned and in quarantine. */
    private static long counts(JobRow job) {
        var changed = 0L;
        var walked = 0L;
        var quarantined = 0;
        for (var row = 1; row <= job.rows(); row++) {
            changed += job.changes[row];
            quarantined += job.quarantine.holds(row) ? 1 : 0;
        }
        var counted = 0L;
        var behind = 0L;
        for (var shard : job.shards) {
            counted += shard.changed;
            walked += shard.walked;
            behind += behind(shard);
            if (job.passes == 1 && shard.walked != shard.cursor.row() - shard.lower.row()) {
                throw new Violation("shard " + shard.id + " counted " + shard.walked + " rows scanned, and is at "
                        + shard.cursor + " from " + shard.lower);
            }
        }
        if (walked != behind) {
            throw new Violation(
                    "job " + job.id + " counted " + walked + " rows scanned, and is past " + behind + " of them");
        }
        if (counted != (job.compares ? walked - quarantined : changed)) {
            throw new Violation(
                    "job " + job.id + " counted " + counted + " rows and changed " + changed + " of " + walked);
        }
        if (job.quarantine.counted != quarantined) {
            throw new Violation("job " + job.id + " counted " + job.quarantine.counted
                    + " rows in quarantine, and there are " + quarantined);
        }
        return changed;
    }

    private static long behind(ShardRow shard) {
        return IntStream.rangeClosed(shard.lower.row() + 1, shard.upper.row())
                .filter(shard::isBehind)
                .count();
    }

    /**
     * Behind a checkpoint each row was changed once, or counted once as wrong, or is in quarantine; before it, no row was.
     */
    private static void ledger(JobRow job) {
        for (var shard : job.shards) {
            for (var row = shard.lower.row() + 1; row <= shard.upper.row(); row++) {
                if (job.undoes != null) {
                    putBack(shard, row);
                    continue;
                }
                var due = shard.isBehind(row) && job.table.isWanted(row) ? 1 : 0;
                var quarantined = job.quarantine.holds(row) ? 1 : 0;
                if (job.changes[row] + quarantined != due) {
                    throw new Violation("row " + row + " of job " + job.id + " was changed " + job.changes[row]
                            + " times and is in quarantine " + quarantined + " times; shard " + shard.id + " is at "
                            + shard.cursor);
                }
            }
        }
    }

    /** An undo has put a row back at most once, and none before its checkpoint. */
    private static void putBack(ShardRow shard, int row) {
        var times = shard.job.changes[row];
        if (times > (shard.isBehind(row) ? 1 : 0)) {
            throw new Violation("row " + row + " was put back " + times + " times by job " + shard.job.id + "; shard "
                    + shard.id + " is at " + shard.cursor);
        }
    }

    /** A value is kept of exactly those rows that have a change of the job, and no write of the application is overwritten. */
    private static void values(JobRow job) {
        var kept = job.kept;
        if (kept == null || job.undoes != null) {
            return;
        }
        for (var row = 1; row <= job.rows(); row++) {
            var changes = job.changes[row];
            for (var undo : job.undos) {
                changes -= undo.changes[row];
            }
            if (kept.isWriteLost(row)) {
                throw new Violation(
                        "a write of the application to the column of job " + job.id + " in row " + row + " is lost");
            }
            if (kept.changes(row) != changes || kept.isKept(row) != (changes == 1)) {
                throw new Violation("row " + row + " has " + kept.changes(row) + " changes of job " + job.id + ", "
                        + changes + " were counted, and its old value is "
                        + (kept.isKept(row) ? "kept" : "not kept"));
            }
        }
    }

    /** A copy has the value of its row, and each row behind a checkpoint has one, unless it is in quarantine. */
    private static void copies(JobRow job) {
        var copies = job.copies;
        if (copies == null) {
            return;
        }
        for (var shard : job.shards) {
            for (var row = shard.lower.row() + 1; row <= shard.upper.row(); row++) {
                if (copies.isStale(row)) {
                    throw new Violation(
                            "the copy of row " + row + " of job " + job.id + " has another value than the row");
                }
                var isDue = shard.isBehind(row) && job.table.isWanted(row) && !job.quarantine.holds(row);
                if (isDue && copies.isMissing(row)) {
                    throw new Violation("row " + row + " of job " + job.id + " has no copy; shard " + shard.id
                            + " is at " + shard.cursor);
                }
            }
        }
    }

    /** After an undo that has SUCCEEDED, each row has its old value, or was changed by the application and is still kept. */
    private static void undone(JobRow job) {
        var kept = job.kept;
        if (kept == null || job.undoes == null || job.state != JobState.SUCCEEDED) {
            return;
        }
        for (var row = 1; row <= job.rows(); row++) {
            if (kept.isLeft(row)) {
                throw new Violation("row " + row + " still has what job " + job.undoes.id + " wrote, though its undo "
                        + job.id + " has SUCCEEDED");
            }
        }
    }

    /** How many rows undos have left, since the application had changed them. */
    int notPutBack() {
        var rows = 0;
        for (var job : server.jobs) {
            for (var row = 1; row <= job.rows() && job.kept != null && !job.undos.isEmpty(); row++) {
                rows += job.kept.isKept(row) ? 1 : 0;
            }
        }
        return rows;
    }

    /** A finished job has no open shard. */
    private static void ends(JobRow job) {
        for (var shard : job.shards) {
            var left = job.state == JobState.SUCCEEDED
                    ? shard.state != ShardState.DONE
                    : job.state == JobState.FAILED ? shard.isOpen() : job.over && shard.isOut();
            if (left) {
                throw new Violation("shard " + shard.id + " of a job that is " + job.state + " is " + shard.state);
            }
        }
    }

    /** Shards are disjoint and cover all rows, even after splits. */
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

    /** Epoch and cursor never go back, except after a crash that loses rows and cursor together. */
    private void progress(ShardRow shard, boolean crashed) {
        var before = seen.computeIfAbsent(shard, some -> new long[2]);
        var at = (long) shard.pass * (shard.job.rows() + 1) + shard.cursor.row();
        if (shard.epoch < before[0] || (at < before[1] && !crashed)) {
            throw new Violation("shard " + shard.id + " went back to epoch " + shard.epoch + " at " + shard.cursor);
        }
        before[0] = shard.epoch;
        before[1] = at;
    }

    /** Without faults, and when the last outage is over, an expired lease is detected. */
    private void lease(ShardRow shard) {
        var calmSince = Math.max(
                server.faultModel.faultsEndedAt(), server.faultModel.lengths().end());
        if (!server.faultModel.hasFaults()
                && shard.state == ShardState.RUNNING
                && shard.leaseUntil < server.clock() - LEAKED
                && server.time.now() > calmSince + LEAKED) {
            throw new Violation("shard " + shard.id + " kept its lease");
        }
    }

    /** The reckoning of jobs that are over: how many rows were changed. */
    long reckon() {
        var rows = 0L;
        for (var job : server.jobs) {
            ledger(job);
            values(job);
            copies(job);
            undone(job);
            ends(job);
            for (var row = 1; row <= job.rows(); row++) {
                if (job.application[row] != job.acknowledged[row]) {
                    throw new Violation("a write of the application to row " + row + " is lost");
                }
            }
            rows += counts(job);
        }
        return rows;
    }
}
