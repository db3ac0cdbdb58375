package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a worker does with a claimed shard, from the claim to the end of the time slice. It has no side effects and no
 * clock: the caller asks for the {@link #next} step, performs it, and reports the result.
 */
public final class ShardStateMachine {
    private static final Duration MAX_WAIT = Duration.ofMillis(100);

    // Reserved rows are for their time. A slot that was delayed reserves again, so that after the machine was frozen
    // the
    // batches of all slots are not sent at once.
    private static final Duration RESERVATION_EXPIRY = Duration.ofMillis(50);

    private static final Failure FENCE_FAILED =
            new Failure(ErrorKind.TRANSIENT, "02000", "the batch changed nothing, although the worker holds the shard");

    private final Limits limits;
    private final Backoff backoff;
    private final RateAccount account = new RateAccount();
    private final Duration sliceEnd;

    private Cursor cursor;
    private SlotLimits slotLimits;
    private BatchSizer sizer;
    private Bisection bisection = Bisection.CLEAR;
    private @Nullable Failure quarantineReason;
    private final SingleRow singleRow;
    private int batchRows;
    private int reserved;
    private Duration leaseRenewed;
    private Duration notBefore;
    private int failures;
    private boolean checkpointUnknown;
    private @Nullable LostBatch lostBatch;
    private @Nullable RunOutcome outcome;

    /**
     * Starts a run.
     *
     * @param claim the claim
     * @param limits the worker's own limits
     * @param sizer the batch size that last fitted this job
     * @param backoff how long to wait after failures
     * @param now the monotonic time at which the claim was committed, or a little before
     */
    public ShardStateMachine(Claim claim, Limits limits, BatchSizer sizer, Backoff backoff, Duration now) {
        this.limits = limits;
        this.backoff = backoff;
        this.slotLimits = claim.limits();
        this.singleRow = new SingleRow(shorter(claim.rowTimeout(), limits.longestRow()));
        this.sizer = sizer.aimingAt(slotLimits.batchDuration());
        this.cursor = claim.cursor();
        this.sliceEnd = now.plus(limits.slice());
        this.leaseRenewed = now;
        this.notBefore = now;
    }

    /** What to do now. */
    public Step next(Situation situation) {
        batchRows = 0;
        if (outcome != null) {
            return new Step.End(outcome);
        }
        if (checkpointUnknown) {
            // The database is right, not the worker's memory: nothing else happens before the checkpoint is read.
            return isWaiting(situation) ? remainingWait(situation) : new Step.ReadBack();
        }
        if (!situation.mayRun() || !slotLimits.wanted()) {
            return giveBack(RunOutcome.Reason.STOPPED, Duration.ZERO);
        }
        if (situation.stopping() || sliceIsOver(situation)) {
            return giveBack(RunOutcome.Reason.YIELDED, Duration.ZERO);
        }
        if (isWaiting(situation)) {
            // A batch extends the lease; a long wait does not.
            return leaseIsHalfOver(situation) ? new Step.Renew() : remainingWait(situation);
        }
        if (quarantineReason != null) {
            return new Step.Quarantine(cursor, quarantineReason);
        }
        if (singleRow.isAlone()
                && situation.now().minus(leaseRenewed).multipliedBy(10).compareTo(limits.lease()) > 0) {
            // The row may take as long as the lease.
            return new Step.Renew();
        }
        if (reserved > 0 && situation.now().compareTo(notBefore.plus(RESERVATION_EXPIRY)) <= 0) {
            return batch(reserved);
        }
        if (reserved > 0) {
            account.unused();
            reserved = 0;
        }
        var rows = fittingRows();
        return slotLimits.limited()
                ? new Step.Reserve(account.estimate(rows), account.debt(situation.now()))
                : batch(rows);
    }

    /**
     * A reservation was answered.
     *
     * @param request what was asked for
     * @param answer the answer
     * @param now the monotonic time of the request, or a little later
     */
    public void reserved(Step.Reserve request, Reservation answer, Duration now) {
        // Fewer rows may fit now than were asked for; those that are not used are refunded.
        var asked = fittingRows();
        apply(answer.limits());
        notBefore = now.plus(answer.delay());
        if (answer.granted() && slotLimits.limited()) {
            account.reserved(request.rows(), notBefore);
            reserved = Math.min(asked, fittingRows());
        }
    }

    /**
     * A batch was committed.
     *
     * @param result what it did
     * @param took how long it took
     * @param situation the situation after it
     */
    public void committed(BatchResult result, Duration took, Situation situation) {
        cursor = result.cursor();
        if (result.walked() > 0) {
            singleRow.next();
        } else {
            singleRow.movedPastNoRow();
        }
        if (!bisection.isActive()) {
            sizer = sizer.committed(result.walked(), took);
        }
        bisection = bisection.passed(
                result.walked(), sizer.atMost(slotLimits.largestBatch()).rows());
        failures = 0;
        leaseRenewed = situation.now().minus(took);
        notBefore = situation.now();
        account.committed(result, reserved > 0);
        reserved = 0;
        apply(result.limits());
        if (result.done()) {
            outcome = new RunOutcome.Done();
        }
    }

    /**
     * The statement that quarantines the rejected row was committed.
     *
     * @param result what it did
     * @param sentAt when it was sent, or a little before
     */
    public void quarantined(QuarantineResult result, Duration sentAt) {
        quarantineReason = null;
        cursor = result.cursor();
        bisection = bisection.found();
        singleRow.next();
        failures = 0;
        leaseRenewed = sentAt;
        apply(result.limits());
        switch (result.status()) {
            case CONTINUES -> {}
            case DONE -> outcome = new RunOutcome.Done();
            case BUDGET_SPENT -> outcome = new RunOutcome.JobStopped(true);
            case JOB_STOPPED -> outcome = new RunOutcome.JobStopped(false);
        }
    }

    /** A statement changed nothing because the fence did not hold: the checkpoint is read back next. */
    public void fenceFailed(Duration now) {
        checkpointUnknown = true;
        quarantineReason = null;
        singleRow.next();
        account.unused();
        retry(FENCE_FAILED, now);
        notBefore = now;
    }

    /** Another worker holds the shard, or the shard is no longer RUNNING. */
    public void leaseLost() {
        outcome = new RunOutcome.LeaseLost();
    }

    /** The lease was extended at {@code now}, or a little later. */
    public void renewed(Duration now) {
        leaseRenewed = now;
    }

    /** A step failed at {@code now}. */
    public void failed(Failure failure, Duration now) {
        // What is known of the row may be outdated; the next batch with it tells.
        quarantineReason = null;
        switch (failure.kind()) {
            case TRANSIENT -> {
                account.unused();
                retry(failure, now);
            }
            case TIMED_OUT -> timedOut(failure, now);
            case CONNECTION_LOST -> {
                checkpointUnknown = true;
                if (batchRows > 0) {
                    lostBatch = new LostBatch(batchRows, failure);
                }
                account.unknown();
                retry(failure, now);
            }
            case ENVIRONMENT -> outcome = new RunOutcome.PauseJob(failure);
            case SCHEMA_CHANGED -> outcome = new RunOutcome.HaltJob(failure);
            case REFUSED_ROW -> rowRejected(failure, now);
            case UNKNOWN -> outcome = new RunOutcome.Fail(failure);
        }
    }

    // A batch with a rejected row changed nothing: it is sent again with half the rows, down to that row alone.
    private void rowRejected(Failure failure, Duration now) {
        if (batchRows == 0) {
            // No batch was sent: there is no row to look for.
            outcome = new RunOutcome.Fail(failure);
            return;
        }
        account.unused();
        reserved = 0;
        bisection = bisection.refused(batchRows);
        if (batchRows == 1 && singleRow.rejected(failure)) {
            quarantineReason = failure;
        } else if (batchRows == 1) {
            notBefore = now.plus(backoff.delay(1));
        }
    }

    private void timedOut(Failure failure, Duration now) {
        account.unused();
        if (batchRows == 1 && singleRow.timedOut()) {
            reserved = 0;
            quarantineReason = singleRow.tooSlow(failure.code());
        } else {
            retry(failure, now);
        }
    }

    /** The checkpoint was read from PostgreSQL, and this worker still holds the shard. */
    public void confirmed(Cursor stored) {
        var lost = lostBatch;
        lostBatch = null;
        checkpointUnknown = false;
        if (!stored.equals(cursor)) {
            cursor = stored;
            singleRow.next();
        } else if (lost != null && lost.rows() == 1) {
            rowLostItsSession(lost.failure());
        }
    }

    // The server answers, but not to the batch of this row: its trigger may end the session, or crash the server.
    private void rowLostItsSession(Failure failure) {
        failures = Math.min(failures, limits.attempts() / 2);
        if (singleRow.lostItsSession()) {
            quarantineReason = singleRow.endsItsSession(failure.code());
        }
    }

    /** The batch size that fits, for the next run of the same job. */
    public BatchSizer sizer() {
        return sizer;
    }

    /** The rows still to be charged to the job's rate when the run is over at {@code now}; negative: a refund. */
    public double debt(Duration now) {
        account.unused();
        return account.debt(now);
    }

    private int fittingRows() {
        return singleRow.isAlone()
                ? 1
                : bisection.atMost(sizer.atMost(slotLimits.largestBatch()).rows());
    }

    private Step batch(int rows) {
        batchRows = rows;
        return new Step.Batch(cursor, rows, singleRow.timeout());
    }

    private void apply(SlotLimits now) {
        slotLimits = now;
        sizer = sizer.aimingAt(now.batchDuration());
    }

    private void retry(Failure failure, Duration now) {
        reserved = 0;
        failures++;
        sizer = sizer.failed();
        notBefore = now.plus(backoff.delay(failures));
        if (failures >= limits.attempts()) {
            outcome = new RunOutcome.Stuck(limits.putBackDelay(), failure);
        }
    }

    // A row that is tried alone is not left to the next run, which would begin to count from zero.
    private boolean sliceIsOver(Situation situation) {
        return situation.now().compareTo(sliceEnd) >= 0 && !singleRow.losesSessions();
    }

    private boolean leaseIsHalfOver(Situation situation) {
        return situation.now().minus(leaseRenewed).multipliedBy(2).compareTo(limits.lease()) > 0;
    }

    private boolean isWaiting(Situation situation) {
        return situation.now().compareTo(notBefore) < 0;
    }

    private Step remainingWait(Situation situation) {
        var rest = notBefore.minus(situation.now());
        return new Step.Wait(rest.compareTo(MAX_WAIT) < 0 ? rest : MAX_WAIT);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Step giveBack(RunOutcome.Reason why, Duration delay) {
        outcome = new RunOutcome.GiveBack(why, delay);
        return new Step.End(outcome);
    }

    /** A batch whose connection was lost before its answer. */
    private record LostBatch(int rows, Failure failure) {}

    /**
     * What decides about the next step, beside the shard itself.
     *
     * @param now the monotonic time
     * @param mayRun whether control permits changing rows of the job
     * @param stopping whether the worker is shutting down
     */
    public record Situation(Duration now, boolean mayRun, boolean stopping) {}

    /**
     * A worker's limits.
     *
     * @param slice the time slice: how long a shard is worked on before it is given back
     * @param lease how long a claim is valid without being renewed
     * @param attempts failures in a row after which the shard is given back
     * @param putBackDelay how long a shard that did not advance must not be dispatched again
     */
    public record Limits(Duration slice, Duration lease, int attempts, Duration putBackDelay) {

        /** How long one row alone may take, so that the lease does not expire meanwhile. */
        Duration longestRow() {
            return lease.multipliedBy(8).dividedBy(10);
        }
    }

    /** How long to wait after the n-th failure in a row. */
    @FunctionalInterface
    public interface Backoff {
        /** The delay after failure number {@code failures}, from 1. */
        Duration delay(int failures);
    }
}
