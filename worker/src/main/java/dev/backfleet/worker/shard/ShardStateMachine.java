package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.Cursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a worker does with a claimed shard, from the claim to the end of the time slice. It has no side effects and no
 * clock: the caller asks for the {@link #next} step, performs it, and reports the result.
 */
public final class ShardStateMachine {
    private static final Duration MAX_WAIT = Duration.ofMillis(100);

    private static final Failure FENCE_FAILED = new Failure(
            ErrorKind.TRANSIENT,
            SqlStateCodes.NO_DATA,
            "the batch changed nothing, although the worker holds the shard");

    private final RunSettings settings;
    private final Backoff backoff;
    private final RateAccount account = new RateAccount();
    private final Duration sliceEnd;
    private final LeaseAge lease;

    private Cursor cursor;
    private SlotLimits slotLimits;
    private BatchSizer sizer;
    private final RowSearch search;
    private int batchRows;
    private Duration notBefore;
    private int failures;
    private boolean checkpointUnknown;
    private @Nullable LostBatch lostBatch;
    private @Nullable RunOutcome outcome;

    /**
     * Starts a run.
     *
     * @param claim the claim
     * @param settings the worker's own settings
     * @param sizer the batch size that last fitted this job
     * @param backoff how long to wait after failures
     * @param now the monotonic time at which the claim was committed, or a little before
     */
    public ShardStateMachine(Claim claim, RunSettings settings, BatchSizer sizer, Backoff backoff, Duration now) {
        this.settings = settings;
        this.backoff = backoff;
        this.slotLimits = claim.limits();
        this.search = new RowSearch(shorter(claim.rowTimeout(), settings.longestRow()));
        this.sizer = sizer.aimingAt(slotLimits.batchDuration());
        this.cursor = claim.cursor();
        this.sliceEnd = now.plus(settings.slice());
        this.lease = new LeaseAge(settings.lease(), now);
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
            return lease.isOver(2, situation.now()) ? new Step.Renew() : remainingWait(situation);
        }
        var rejected = search.found();
        if (rejected != null) {
            return new Step.Quarantine(cursor, rejected);
        }
        if (search.triesRowAlone() && lease.isOver(10, situation.now())) {
            // The row may take as long as the lease.
            return new Step.Renew();
        }
        var reserved = account.reservedBatch(situation.now());
        if (reserved > 0) {
            return batch(reserved);
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
            account.reserved(request.rows(), Math.min(asked, fittingRows()), notBefore);
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
        if (search.isOver()) {
            sizer = sizer.committed(result.walked(), took);
        }
        search.committed(
                result.walked(), sizer.atMost(slotLimits.largestBatch()).rows());
        failures = 0;
        lease.renewed(situation.now().minus(took));
        notBefore = situation.now();
        account.committed(result);
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
        cursor = result.cursor();
        search.quarantined();
        failures = 0;
        lease.renewed(sentAt);
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
        search.moved();
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
        lease.renewed(now);
    }

    /** A step failed at {@code now}. */
    public void failed(Failure failure, Duration now) {
        search.failed();
        switch (failure.kind()) {
            case TRANSIENT -> {
                account.unused();
                if (failure.waitsForStandby()) {
                    outcome = new RunOutcome.Stuck(settings.putBackDelay(), failure);
                } else {
                    retry(failure, now);
                }
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

    private void rowRejected(Failure failure, Duration now) {
        if (batchRows == 0) {
            // No batch was sent: there is no row to look for.
            outcome = new RunOutcome.Fail(failure);
            return;
        }
        account.unused();
        if (search.rejected(batchRows, failure)) {
            notBefore = now.plus(backoff.delay(1));
        }
    }

    private void timedOut(Failure failure, Duration now) {
        account.unused();
        if (!search.timedOut(batchRows, failure.code())) {
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
            search.moved();
        } else if (lost != null && lost.rows() == 1) {
            // The server answers, but not to the batch of this row: its trigger may end the session, or crash the
            // server.
            failures = Math.min(failures, settings.attempts() / 2);
            search.lostSession(lost.failure().code());
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
        return search.atMost(sizer.atMost(slotLimits.largestBatch()).rows());
    }

    private Step batch(int rows) {
        batchRows = rows;
        return new Step.Batch(cursor, rows, search.timeout());
    }

    private void apply(SlotLimits now) {
        slotLimits = now;
        sizer = sizer.aimingAt(now.batchDuration());
    }

    private void retry(Failure failure, Duration now) {
        failures++;
        sizer = sizer.failed();
        notBefore = now.plus(backoff.delay(failures));
        if (failures >= settings.attempts()) {
            outcome = new RunOutcome.Stuck(settings.putBackDelay(), failure);
        }
    }

    // A row that is tried alone is not left to the next run, which would begin to count from zero.
    private boolean sliceIsOver(Situation situation) {
        return situation.now().compareTo(sliceEnd) >= 0 && !search.countsSessions();
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
}
