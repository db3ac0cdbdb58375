package dev.backfleet.simulation.process;

import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.server.Server;

/** The application that keeps running: it changes rows, most often where the backfill works, and keeps a journal. */
public final class Application {
    private final Server server;
    private final FaultModel faultModel;

    public Application(Server server, FaultModel faultModel) {
        this.server = server;
        this.faultModel = faultModel;
    }

    public void start() {
        server.time.after(1_000, this::write);
    }

    private void write() {
        if (!faultModel.hasFaults()) {
            return;
        }
        server.time.after(2_000L + faultModel.pick(60_000), this::write);
        var job = server.jobs.get(faultModel.pick(server.jobs.size()));
        if (server.isUp() && job.rows() > 0) {
            lock(job, row(job), 200);
        }
    }

    private int row(JobRow job) {
        var shard = job.shards.get(faultModel.pick(job.shards.size()));
        var aimed = shard.cursor.row() + 1 + faultModel.pick(4);
        return aimed <= job.rows() ? aimed : 1 + faultModel.pick(job.rows());
    }

    // Waits for a batch that has locked the row.
    private void lock(JobRow job, int row, int patience) {
        if (job.held[row] || patience == 0) {
            return;
        }
        if (isLocked(job, row)) {
            server.time.after(1_000, () -> lock(job, row, patience - 1));
            return;
        }
        job.held[row] = true;
        var boots = server.boots();
        server.time.after(500L + faultModel.pick(faultModel.strikes(10) ? 300_000 : 15_000), () -> {
            job.held[row] = false;
            if (server.boots() == boots) {
                job.application[row]++;
                job.acknowledged[row]++;
                if (job.kept != null) {
                    job.kept.othersWrite(row);
                }
                if (job.copies != null) {
                    job.copies.othersWrite(row);
                }
                server.committed();
            }
        });
    }

    private boolean isLocked(JobRow job, int row) {
        if (server.mutant == Mutant.READ_IN_CLIENT_WRITE_BACK) {
            return false;
        }
        for (var other : job.ofSameTable()) {
            for (var shard : other.shards) {
                if (shard.lock.covers(row)) {
                    return true;
                }
            }
        }
        return false;
    }
}
