package dev.backfleet.simulation.server;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.RowLock;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Transaction;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes a row in quarantine: locks its shard, the job, the fleet's and the tenants' desired states one after the
 * other, and checks each under its lock. Contains the mutants of that, too.
 */
public final class RetryStatement {
    private static final long LOCK_TIMEOUT = 200_000;
    private static final long CHECK_AGAIN = 1_000;

    private final Server server;

    public RetryStatement(Server server) {
        this.server = server;
    }

    /** Begins the statement; the verdict follows later, or is empty if the server went down. */
    public void run(JobRow job, int row, Consumer<Optional<Verdict>> verdict) {
        if (!job.quarantine.holds(row)) {
            verdict.accept(Optional.of(Verdict.GONE));
            return;
        }
        var shard = job.shards.get(job.quarantine.shard(row) - 1);
        var work = new Work(job, row, shard, server.begin(row - 1, row), verdict);
        lock(work, shard.lock, () -> lockJob(work));
    }

    private void lockJob(Work work) {
        var gone = !work.job.quarantine.holds(work.row);
        if (gone && server.mutant != Mutant.RETRIED_ROW_NOT_LOCKED) {
            end(work, Verdict.GONE);
        } else {
            look(work, work.job.lock, () -> lockFleet(work));
        }
    }

    private void lockFleet(Work work) {
        var state = work.job.state;
        if (state != JobState.RUNNING && state != JobState.SUCCEEDED && state != JobState.FAILED) {
            end(work, Verdict.JOB_NOT_RUNNING);
        } else {
            look(work, server.fleetLock, () -> lockTenants(work));
        }
    }

    private void lockTenants(Work work) {
        if (server.fleet != DesiredState.RUN) {
            end(work, Verdict.FLEET_PAUSED);
        } else {
            look(work, work.job.isolations, () -> change(work, LOCK_TIMEOUT));
        }
    }

    private void change(Work work, long patience) {
        var job = work.job;
        if (work.transaction.isAborted()) {
            end(work, null);
        } else if (job.isPaused(job.table.tenant(work.row)) && !job.pausedTenants.isEmpty()) {
            end(work, Verdict.TENANT_PAUSED);
        } else if (!job.held[work.row]) {
            server.later(server.random.nextInt(30_000), () -> commit(work));
        } else if (patience <= 0) {
            end(work, Verdict.BUSY);
        } else {
            server.later(CHECK_AGAIN, () -> change(work, patience - CHECK_AGAIN));
        }
    }

    private void commit(Work work) {
        var job = work.job;
        if (work.transaction.isAborted()) {
            end(work, null);
        } else if (job.quarantine.isRefused(work.row)) {
            end(work, Verdict.REFUSED);
        } else {
            Laws.beforeRetrying(server, job, work.row);
            job.changes[work.row]++;
            keep(job, work.row);
            work.shard.changed++;
            job.quarantine.take(work.row);
            job.quarantine.counted--;
            server.tally.rowRetries++;
            server.committed();
            end(work, Verdict.CHANGED);
        }
    }

    private static void keep(JobRow job, int row) {
        if (job.copies != null) {
            var unused = job.copies.copy(row, job.copies.seen()[row]);
        }
        var kept = job.kept;
        if (kept != null) {
            var unused = kept.change(row, kept.seen()[row], true);
            if (!job.undos.isEmpty()) {
                kept.isRetriedLate(row);
            }
        }
    }

    // Without the lock: what is seen may be different a moment later.
    private void look(Work work, RowLock lock, Runnable then) {
        if (server.mutant == Mutant.RETRY_WITHOUT_LOCKS) {
            server.later(server.random.nextInt(20_000), then);
        } else {
            lock(work, lock, then);
        }
    }

    private void lock(Work work, RowLock lock, Runnable then) {
        lock(work, lock, then, LOCK_TIMEOUT);
    }

    private void lock(Work work, RowLock lock, Runnable then, long patience) {
        if (work.transaction.isAborted()) {
            end(work, null);
        } else if (!server.isHeld(lock)) {
            lock.take(work.transaction);
            server.later(server.random.nextInt(2_000), then);
        } else if (patience <= 0) {
            end(work, Verdict.BUSY);
        } else {
            server.later(CHECK_AGAIN, () -> lock(work, lock, then, patience - CHECK_AGAIN));
        }
    }

    private void end(Work work, @Nullable Verdict verdict) {
        server.end(work.transaction);
        work.verdict.accept(Optional.ofNullable(verdict));
    }

    private record Work(
            JobRow job, int row, ShardRow shard, Transaction transaction, Consumer<Optional<Verdict>> verdict) {}
}
