package dev.backfleet.simulation.server;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.CopiedValues;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Transaction;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The batch: fence, boundary, change and move in one transaction; and the wrong ways to do that. */
final class BatchStatement {
    private static final long LOCK_TIMEOUT = 100_000;
    private static final long CHECK_AGAIN = 1_000;
    private static final Failure DISK_FULL = Failures.of("53100", "no space left on device");
    private static final Failure UNKNOWN = Failures.of("XX001", "could not read block");
    private static final Failure REFUSED = Failures.of("23514", "violates check constraint");

    private static final int[] NONE_SEEN = {};

    private final Server server;

    BatchStatement(Server server) {
        this.server = server;
    }

    /** Begins the batch: waits for the shard's row, checks the fence. */
    void run(Claim claim, Step.Batch batch, Run writer, Answer<Optional<BatchResult>> answer) {
        var shard = server.shard(claim.shard());
        var boots = server.boots();
        if (server.mutant == Mutant.CHECKPOINT_NOT_LOCKED) {
            fenced(new Work(shard, claim, batch, writer, answer));
            return;
        }
        shard.lock.whenFree(() -> {
            if (server.boots() != boots) {
                answer.failed(ShardStatements.BROKEN);
            } else {
                fenced(new Work(shard, claim, batch, writer, answer));
            }
        });
    }

    private void fenced(Work work) {
        var shard = work.shard;
        work.writer.believed = work.batch.cursor();
        if (!Fence.holds(server, shard, work.claim, work.batch.cursor())) {
            work.answer.done(Optional.empty());
            return;
        }
        Laws.afterFence(shard.job, work.writer);
        shard.pass = Fence.pass(server, shard, work.batch.cursor());
        var from = Fence.start(server, shard, work.batch.cursor());
        work.to = Fence.end(shard, from, work.batch.rows());
        work.walked = shard.job.passes == 1 ? work.to.row() - from.row() : shard.taken(from.row(), work.to.row());
        var transaction = server.begin(new Transaction(from.row(), work.to.row(), !shard.job.compares));
        if (server.mutant != Mutant.CHECKPOINT_NOT_LOCKED) {
            shard.lock.take(transaction);
        }
        work.transaction = transaction;
        work.seen = seen(shard.job);
        change(work, LOCK_TIMEOUT);
    }

    // Rows that the application holds are waited for, but not long.
    private void change(Work work, long patience) {
        var transaction = work.transaction();
        if (transaction.isAborted()) {
            broken(work);
        } else if (server.mutant != Mutant.SKIP_LOCKED
                && server.mutant != Mutant.READ_IN_CLIENT_WRITE_BACK
                && isHeld(work)) {
            if (patience <= 0) {
                close(work);
                work.answer.failed(ShardStatements.IN_THE_WAY);
            } else {
                server.later(CHECK_AGAIN, () -> change(work, patience - CHECK_AGAIN));
            }
        } else if (server.faultModel.strikes(1_500)) {
            close(work);
            work.answer.failed(DISK_FULL);
        } else if (server.faultModel.strikes(200)) {
            close(work);
            work.answer.failed(UNKNOWN);
        } else {
            work.copy = Arrays.copyOf(work.shard.job.application, work.shard.job.application.length);
            work.skipped = Arrays.copyOf(work.shard.job.held, work.shard.job.held.length);
            server.later(duration(), () -> commit(work));
        }
    }

    private static int[] seen(JobRow job) {
        if (job.copies != null) {
            return job.copies.seen();
        }
        return job.kept == null ? NONE_SEEN : job.kept.seen();
    }

    private static boolean isHeld(Work work) {
        if (work.shard.job.compares) {
            return false;
        }
        for (var row = work.transaction().from + 1; row <= work.transaction().to; row++) {
            if (work.shard.job.held[row] && work.shard.takes(row)) {
                return true;
            }
        }
        return false;
    }

    /** What happens for the first row that the database does not take. */
    private static Optional<Failure> refusal(Work work) {
        var job = work.shard.job;
        for (var row = work.transaction().from + 1; row <= work.transaction().to; row++) {
            if (job.quarantine.isRefused(row) && job.table.isWanted(row) && work.shard.takes(row)) {
                return Optional.of(job.quarantine.endsSession(row) ? ShardStatements.BROKEN : REFUSED);
            }
        }
        return Optional.empty();
    }

    private long duration() {
        return server.random.nextInt(20) == 0
                ? 200_000L + server.random.nextInt(700_000)
                : 1_000L + server.random.nextInt(60_000);
    }

    private void commit(Work work) {
        if (work.transaction().isAborted()) {
            broken(work);
            return;
        }
        var refusal = refusal(work);
        if (refusal.isPresent()) {
            close(work);
            work.answer.failed(refusal.get());
            return;
        }
        switch (server.mutant) {
            case CHECKPOINT_AFTER_DATA -> apart(work, () -> write(work), () -> move(work));
            case FINDINGS_BEFORE_CHECKPOINT -> {
                if (work.shard.job.compares) {
                    apart(work, () -> write(work), () -> move(work));
                } else {
                    together(work);
                }
            }
            case CHECKPOINT_BEFORE_DATA -> {
                work.changed = work.shard.job.compares
                        ? work.transaction().to - work.transaction().from
                        : (int) work.rows()
                                .filter(row -> isDue(work.shard, row))
                                .count();
                apart(work, () -> move(work), () -> write(work));
            }
            default -> together(work);
        }
    }

    private void together(Work work) {
        write(work);
        move(work);
        finish(work);
    }

    // Between two transactions anything may happen: here, that nothing follows.
    private void apart(Work work, Runnable first, Runnable second) {
        first.run();
        if (server.random.nextInt(50) == 0) {
            broken(work);
        } else {
            second.run();
            finish(work);
        }
    }

    private void write(Work work) {
        Laws.beforeWriting(server, work.shard, work.writer);
        var job = work.shard.job;
        work.rows().filter(work.shard::takes).forEach(work.taken::set);
        // Between two transactions anything may happen.
        work.losesKept = server.mutant == Mutant.KEPT_APART && server.random.nextInt(50) == 0;
        work.losesCopies = server.mutant == Mutant.COPY_AFTER_CHECKPOINT && server.random.nextInt(50) == 0;
        // A comparison counts each row that it has judged.
        var changed = job.compares ? work.transaction().to - work.transaction().from : 0;
        for (var row = work.transaction().from + 1; row <= work.transaction().to; row++) {
            if (!work.taken.get(row)
                    || !isWanted(job, row)
                    || (server.mutant == Mutant.SKIP_LOCKED && work.skipped[row] && !job.compares)) {
                continue;
            }
            Laws.beforeChanging(job, row);
            job.changes[row]++;
            work.takeBack.add(change(work, job, row));
            if (job.compares) {
                server.tally.foundWrong++;
                continue;
            }
            if (server.mutant == Mutant.READ_IN_CLIENT_WRITE_BACK) {
                job.application[row] = work.copy[row];
            }
            changed++;
        }
        work.changed = changed;
        work.writer.changed += changed;
        if (!work.writer.untold) {
            Laws.afterChanging(server, job, changed);
        }
        work.writer.untold = false;
    }

    private boolean isDue(ShardRow shard, int row) {
        return shard.takes(row) && isWanted(shard.job, row);
    }

    private boolean isWanted(JobRow job, int row) {
        if (job.undoes == null || job.kept == null) {
            return job.table.isWanted(row);
        }
        return server.mutant == Mutant.CONFLICT_OVERWRITTEN ? job.kept.isKept(row) : job.kept.isUnchanged(row);
    }

    /** Changes the column, if it is more than a count of changes; returns what takes the change back. */
    private Runnable change(Work work, JobRow job, int row) {
        Runnable counted = () -> job.changes[row]--;
        var kept = job.kept;
        if (job.copies != null) {
            return copy(work, job.copies, row, counted);
        }
        if (kept == null) {
            return counted;
        }
        Runnable valued;
        if (job.undoes != null) {
            valued = kept.putBack(row, server.mutant != Mutant.KEPT_ROWS_STAY);
            server.tally.putBack++;
        } else {
            var before = server.mutant == Mutant.KEPT_WITHOUT_LOCK ? work.seen : kept.seen();
            valued = kept.change(row, before[row], !work.losesKept);
            server.tally.kept++;
        }
        return () -> {
            counted.run();
            valued.run();
        };
    }

    private Runnable copy(Work work, CopiedValues copies, int row, Runnable counted) {
        if (work.losesCopies) {
            return counted;
        }
        var read = server.mutant == Mutant.COPY_WITHOUT_LOCK ? work.seen : copies.seen();
        var copied = copies.copy(row, read[row]);
        server.tally.copied++;
        return () -> {
            counted.run();
            copied.run();
        };
    }

    private void move(Work work) {
        var shard = work.shard;
        if (work.to.row() < shard.cursor.row() && server.mutant == Mutant.NONE) {
            throw new Violation("the cursor of shard " + shard.id + " went from " + shard.cursor + " to " + work.to);
        }
        work.before = shard.cursor;
        work.passBefore = shard.pass;
        work.mergedBefore = shard.merged;
        shard.cursor = work.to;
        shard.changed += work.changed;
        shard.walked += work.walked;
        work.done = work.to.equals(shard.upper) && shard.isLastPass();
        shard.leaseUntil = server.clock() + ShardStatements.LEASE;
        if (work.done) {
            shard.state = ShardState.DONE;
            server.committed();
        } else {
            if (work.to.equals(shard.upper)) {
                shard.turn();
                server.tally.turns++;
            }
            server.committedLazily(() -> undo(work));
        }
        work.after = shard.checkpoint();
    }

    private static void undo(Work work) {
        var shard = work.shard;
        shard.walked -= work.walked;
        shard.cursor = work.before;
        shard.pass = work.passBefore;
        shard.merged = work.mergedBefore;
        shard.changed -= work.changed;
        work.takeBack.forEach(Runnable::run);
    }

    private void finish(Work work) {
        close(work);
        work.answer.done(Optional.of(new BatchResult(
                work.after, work.walked, work.changed, work.done, server.shardStatements.limits(work.shard))));
    }

    private void broken(Work work) {
        close(work);
        work.answer.failed(ShardStatements.BROKEN);
    }

    private void close(Work work) {
        server.end(work.transaction());
    }

    /** A running batch. */
    private static final class Work {
        private static final Transaction NONE = new Transaction(0, 0);

        final ShardRow shard;
        final Claim claim;
        final Step.Batch batch;
        final Run writer;
        final Answer<Optional<BatchResult>> answer;
        Transaction transaction = NONE;
        int[] copy = {};
        boolean[] skipped = {};
        Point to = Point.START;
        Point before = Point.START;
        int passBefore;
        boolean mergedBefore;
        int walked;
        Cursor after = Cursor.START;
        final BitSet taken = new BitSet();
        int changed;
        int[] seen = NONE_SEEN;
        boolean losesKept;
        boolean losesCopies;
        final List<Runnable> takeBack = new ArrayList<>();
        boolean done;

        Work(ShardRow shard, Claim claim, Step.Batch batch, Run writer, Answer<Optional<BatchResult>> answer) {
            this.shard = shard;
            this.claim = claim;
            this.batch = batch;
            this.writer = writer;
            this.answer = answer;
        }

        Transaction transaction() {
            return transaction;
        }

        IntStream rows() {
            return IntStream.rangeClosed(transaction.from + 1, transaction.to);
        }
    }
}
