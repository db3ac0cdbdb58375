package dev.backfleet.simulation.server;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Transaction;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.util.List;
import java.util.Optional;

/**
 * Puts a row into quarantine: the fence, then the job's row, which is locked for the count, and all in one transaction; and
 * the wrong ways to do that.
 */
final class QuarantineStatement {
    private static final long LOCK_TIMEOUT = 500_000;
    private static final long CHECK_AGAIN = 1_000;

    private final Server server;

    QuarantineStatement(Server server) {
        this.server = server;
    }

    /** Begins the statement: waits for the shard's row, checks the fence. */
    void run(Claim claim, Step.Quarantine row, Run writer, Answer<Optional<QuarantineResult>> answer) {
        var shard = server.shard(claim.shard());
        var boots = server.boots();
        shard.lock.whenFree(() -> {
            writer.believed = row.cursor();
            if (server.boots() != boots) {
                answer.failed(ShardStatements.BROKEN);
            } else if (Fence.holds(server, shard, claim, row.cursor())) {
                fenced(shard, writer, answer);
            } else {
                answer.done(Optional.empty());
            }
        });
    }

    private void fenced(ShardRow shard, Run writer, Answer<Optional<QuarantineResult>> answer) {
        var transaction = server.begin(0, 0);
        shard.lock.take(transaction);
        var to = Fence.end(shard, shard.cursor, server.mutant == Mutant.BISECTION_PASSES_A_ROW ? 2 : 1);
        var work = new Work(shard, writer, answer, transaction, to, shard.job.quarantine.counted);
        server.later(100L + server.random.nextInt(3_000), () -> lockJob(work, LOCK_TIMEOUT));
    }

    private void lockJob(Work work, long patience) {
        var lock = work.shard.job.lock;
        if (work.transaction.isAborted()) {
            broken(work);
        } else if (server.mutant == Mutant.BUDGET_COUNTED_WITHOUT_LOCK) {
            server.later(server.random.nextInt(20_000), () -> commit(work));
        } else if (!server.isHeld(lock)) {
            lock.take(work.transaction);
            server.later(server.random.nextInt(3_000), () -> commit(work));
        } else if (patience > 0) {
            server.later(CHECK_AGAIN, () -> lockJob(work, patience - CHECK_AGAIN));
        } else {
            close(work);
            work.answer.failed(ShardStatements.IN_THE_WAY);
        }
    }

    private void commit(Work work) {
        if (work.transaction.isAborted()) {
            broken(work);
            return;
        }
        var shard = work.shard;
        if (shard.winners.get(shard.epoch) != work.writer) {
            throw new Violation("another process quarantined a row in epoch " + shard.epoch + " of shard " + shard.id);
        }
        var row = shard.cursor.row() + 1;
        while (row <= shard.job.rows() && !shard.takes(row)) {
            row++;
        }
        var found = work.to.row() >= row;
        var quarantined = found ? quarantine(work, row) : end(work, false, done(work));
        server.committed();
        close(work);
        work.answer.done(Optional.of(quarantined));
    }

    private QuarantineResult quarantine(Work work, int row) {
        var job = work.shard.job;
        var locked = server.mutant != Mutant.BUDGET_COUNTED_WITHOUT_LOCK;
        if (locked && job.state != JobState.RUNNING) {
            work.shard.state = ShardState.PENDING;
            return new QuarantineResult(
                    work.shard.checkpoint(),
                    false,
                    QuarantineResult.ShardStatus.JOB_STOPPED,
                    server.shardStatements.limits(work.shard));
        }
        var spent = job.quarantine.isSpentBy((locked ? job.quarantine.counted : work.countedAtFirst) + 1);
        if (server.mutant != Mutant.QUARANTINE_WITHOUT_ROW) {
            write(work.shard, row);
        }
        if (server.mutant == Mutant.REFUSED_COUNTED_AS_CHANGED) {
            work.shard.changed++;
        }
        if (spent) {
            job.move(List.of(JobState.RUNNING), JobState.HALTED);
            server.tally.budgetsSpent++;
        }
        return end(work, true, spent ? QuarantineResult.ShardStatus.BUDGET_SPENT : done(work));
    }

    private void write(ShardRow shard, int row) {
        var job = shard.job;
        Laws.beforeQuarantine(job, row);
        job.quarantine.put(row, shard.id.number());
        job.quarantine.counted++;
        server.tally.quarantined++;
        Laws.afterQuarantine(job);
    }

    private QuarantineResult end(Work work, boolean quarantined, QuarantineResult.ShardStatus standing) {
        var shard = work.shard;
        shard.cursor = work.to;
        shard.walked += quarantined ? 1 : 0;
        shard.leaseUntil = server.clock() + ShardStatements.LEASE;
        var last = work.to.equals(shard.upper);
        if (last && shard.isLastPass()) {
            shard.state = ShardState.DONE;
        } else {
            if (last) {
                shard.turn();
            }
            if (standing == QuarantineResult.ShardStatus.BUDGET_SPENT) {
                shard.state = ShardState.PENDING;
            }
        }
        return new QuarantineResult(shard.checkpoint(), quarantined, standing, server.shardStatements.limits(shard));
    }

    private static QuarantineResult.ShardStatus done(Work work) {
        return work.to.equals(work.shard.upper) && work.shard.isLastPass()
                ? QuarantineResult.ShardStatus.DONE
                : QuarantineResult.ShardStatus.CONTINUES;
    }

    private void broken(Work work) {
        close(work);
        work.answer.failed(ShardStatements.BROKEN);
    }

    private void close(Work work) {
        server.end(work.transaction);
    }

    private record Work(
            ShardRow shard,
            Run writer,
            Answer<Optional<QuarantineResult>> answer,
            Transaction transaction,
            Point to,
            int countedAtFirst) {}
}
