package dev.backfleet.simulation;

import dev.backfleet.common.control.DesiredState;

/** What must hold whenever rows are changed. */
final class Laws {
    private Laws() {}

    /** A batch of a run is about to write. */
    static void beforeWriting(Server server, ShardRow shard, Run writer) {
        var job = shard.job;
        if (job.provenQuiet || (server.fleetProvenQuiet && server.fleet == DesiredState.PAUSE)) {
            throw new Violation("rows of job " + job.id + " changed after its pause was acknowledged");
        }
        if (shard.winners.get(shard.epoch) != writer) {
            throw new Violation("somebody else wrote in epoch " + shard.epoch + " of shard " + shard.id);
        }
        for (var other : job.shards) {
            if (other.wave < shard.wave && other.isOpen()) {
                throw new Violation("wave " + shard.wave + " of job " + job.id + " was worked on while shard "
                        + other.id + " of wave " + other.wave + " was " + other.state);
            }
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

    /** Rows were changed. */
    static void afterChanging(Server server, JobRow job, int changed) {
        var rate = job.rate;
        if (rate == null) {
            return;
        }
        // One batch more than without faults: what is paid for is an estimate, and a batch that was held up comes late.
        var most = (long) (rate + 2 * Math.max(1, rate / 10));
        var rows = job.meter.committed(server.time.now(), changed);
        if (rows > most) {
            throw new Violation("in a second " + rows + " rows of job " + job.id + " were changed, with a limit of "
                    + rate + " and batches of at most a tenth of it");
        }
    }
}
