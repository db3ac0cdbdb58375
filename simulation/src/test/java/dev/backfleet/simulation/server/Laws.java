package dev.backfleet.simulation.server;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.worker.shard.Claim;

/** What must hold whenever rows are changed. */
final class Laws {
    private Laws() {}

    /** A batch of a run is about to write. */
    static void beforeWriting(Server server, ShardRow shard, Run writer) {
        var job = shard.job;
        pauses(server, job);
        if (shard.winners.get(shard.epoch) != writer) {
            throw new Violation("another process wrote in epoch " + shard.epoch + " of shard " + shard.id);
        }
        for (var other : job.shards) {
            if (other.wave < shard.wave && other.isOpen() && other.retriedInWave < shard.wave) {
                throw new Violation("wave " + shard.wave + " of job " + job.id + " was worked on while shard "
                        + other.id + " of wave " + other.wave + " was " + other.state);
            }
        }
    }

    /**
     * A run requested to change or quarantine rows.
     *
     * @param unknown whether the outcome of an earlier request was unknown to it
     */
    static void beforeAsking(Claim claim, boolean unknown) {
        if (unknown) {
            throw new Violation("a run in shard " + claim.shard()
                    + " did not read its checkpoint back, though it could not know what became of its last question");
        }
    }

    /** A batch of a run has passed the fence. */
    static void afterFence(JobRow job, Run run) {
        var stops = job.state == JobState.RUNNING ? -1 : job.stops;
        if (stops >= 0 && stops == run.stops && run.heard) {
            throw new Violation("a slot continued with job " + job.id + ", which was " + job.state
                    + " when the batch before began");
        }
        run.stops = stops;
        run.heard = false;
    }

    /** A row in quarantine is about to be changed. */
    static void beforeRetrying(Server server, JobRow job, int row) {
        pauses(server, job);
        beforeChanging(job, row);
    }

    private static void pauses(Server server, JobRow job) {
        if (job.pauseProven || (server.fleetPauseProven && server.fleet == DesiredState.PAUSE)) {
            throw new Violation("rows of job " + job.id + " changed after its pause was acknowledged");
        }
    }

    /** A row is about to be changed. */
    static void beforeChanging(JobRow job, int row) {
        if (job.changes[row] > 0) {
            throw new Violation("row " + row + " of job " + job.id + " was changed twice");
        }
        if (!job.pausedTenants.isEmpty() && job.isPaused(job.table.tenant(row))) {
            throw new Violation("row " + row + " of job " + job.id + " changed after the pause of its tenant "
                    + job.table.tenant(row) + " was acknowledged");
        }
    }

    /** A row is about to be quarantined. */
    static void beforeQuarantine(JobRow job, int row) {
        if (job.quarantine.holds(row) || job.changes[row] > 0) {
            throw new Violation("row " + row + " of job " + job.id + " was put into quarantine though it was "
                    + (job.changes[row] > 0 ? "changed" : "there"));
        }
        if (!job.table.isWanted(row) || !job.quarantine.wasRefused(row)) {
            throw new Violation(
                    "row " + row + " of job " + job.id + " was put into quarantine though nothing is wrong with it");
        }
    }

    /** A row was quarantined. */
    static void afterQuarantine(JobRow job) {
        if (job.quarantine.isOverdrawn()) {
            throw new Violation(job.quarantine.counted + " rows of job " + job.id
                    + " are in quarantine, more than its error budget and one");
        }
    }

    /** Rows were changed. */
    static void afterChanging(Server server, JobRow job, int changed) {
        var rate = job.rate;
        if (rate == null) {
            return;
        }
        // One batch more than without faults: the reserved rows are an estimate, and a delayed batch comes late.
        var most = (long) (rate + 2 * Math.max(1, rate / 10));
        var rows = job.meter.committed(server.time.now(), changed);
        if (rows > most) {
            throw new Violation("in a second " + rows + " rows of job " + job.id + " were changed, with a limit of "
                    + rate + " and batches of at most a tenth of it");
        }
    }
}
