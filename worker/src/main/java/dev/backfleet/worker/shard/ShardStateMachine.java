package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a worker does with a claimed shard, from the claim to the end of the slice. It does nothing itself and
 * knows no clock: the caller asks for the {@link #next} step, does it, and tells what came of it.
 */
public final class ShardStateMachine {
    private static final Duration NAP = Duration.ofMillis(100);

    // Rows that were reserved are for their time. A slot that was held up asks again, so that after a standstill of the
    // machine the batches of all slots do not come at once.
    private static final Duration LATE = Duration.ofMillis(50);

    private final Limits limits;
    private final Backoff backoff;
    private final RateAccount bill = new RateAccount();
    private final Duration sliceEnd;

    private Cursor cursor;
    private SlotLimits terms;
    private BatchSizer sizer;
    private Bisection bisection = Bisection.CLEAR;
    private @Nullable Failure refusedRow;
    private final SingleRow lone;
    private int sent;
    private int reserved;
    private Duration leaseRenewed;
    private Duration notBefore;
    private int failures;
    private boolean unsure;
    private @Nullable RunOutcome ending;

    /**
     * Starts a run.
     *
     * @param claim what was won
     * @param limits the worker's own limits
     * @param sizer the batch size that fitted this job last
     * @param backoff how long to wait after failures
     * @param now the monotonic time at which the claim was committed, or a little before
     */
    public ShardStateMachine(Claim claim, Limits limits, BatchSizer sizer, Backoff backoff, Duration now) {
        this.limits = limits;
        this.backoff = backoff;
        this.terms = claim.terms();
        this.lone = new SingleRow(shorter(claim.rowTimeout(), limits.longestRow()));
        this.sizer = sizer.aimingAt(terms.batchDuration());
        this.cursor = claim.cursor();
        this.sliceEnd = now.plus(limits.slice());
        this.leaseRenewed = now;
        this.notBefore = now;
    }

    /** What to do now. */
    public Step next(Situation situation) {
        sent = 0;
        if (ending != null) {
            return new Step.End(ending);
        }
        if (unsure) {
            // Memory never overrules the database: nothing else happens before the checkpoint is known.
            return resting(situation) ? rest(situation) : new Step.ReadBack();
        }
        if (!situation.mayRun() || !terms.wanted()) {
            return giveBack(RunOutcome.Why.STOPPED, Duration.ZERO);
        }
        if (situation.stopping() || situation.now().compareTo(sliceEnd) >= 0) {
            return giveBack(RunOutcome.Why.YIELDED, Duration.ZERO);
        }
        if (resting(situation)) {
            // A batch extends the lease by itself; a long rest does not.
            return leaseIsHalfOver(situation) ? new Step.Renew() : rest(situation);
        }
        if (refusedRow != null) {
            return new Step.Quarantine(cursor, refusedRow);
        }
        if (lone.isSlow()
                && situation.now().minus(leaseRenewed).multipliedBy(10).compareTo(limits.lease()) > 0) {
            // It may take as long as the lease is.
            return new Step.Renew();
        }
        if (reserved > 0 && situation.now().compareTo(notBefore.plus(LATE)) <= 0) {
            return batch(reserved);
        }
        if (reserved > 0) {
            bill.unused();
            reserved = 0;
        }
        var rows = fittingRows();
        return terms.limited() ? new Step.Reserve(bill.estimate(rows), bill.owed(situation.now())) : batch(rows);
    }

    /**
     * The job's rate was asked for rows.
     *
     * @param request what was asked
     * @param answer what came of it
     * @param now the monotonic time at which it was asked, or a little later
     */
    public void reserved(Step.Reserve request, Reservation answer, Duration now) {
        // Fewer may fit now than were asked for; what is not used is settled.
        var asked = fittingRows();
        comply(answer.terms());
        notBefore = now.plus(answer.delay());
        if (answer.granted() && terms.limited()) {
            bill.paid(request.rows(), notBefore);
            reserved = Math.min(asked, fittingRows());
        }
    }

    /**
     * A batch was committed.
     *
     * @param result what it did
     * @param took how long it took
     * @param situation the state of things after it
     */
    public void moved(BatchResult result, Duration took, Situation situation) {
        cursor = result.cursor();
        if (result.walked() > 0) {
            lone.next();
        } else {
            lone.crossed();
        }
        if (!bisection.isActive()) {
            sizer = sizer.committed(result.walked(), took);
        }
        bisection = bisection.passed(
                result.walked(), sizer.atMost(terms.largestBatch()).rows());
        failures = 0;
        leaseRenewed = situation.now().minus(took);
        notBefore = situation.now();
        bill.changed(result, reserved > 0);
        reserved = 0;
        comply(result.terms());
        if (result.done()) {
            ending = new RunOutcome.Done();
        }
    }

    /**
     * The refused row was put aside.
     *
     * @param result what came of it
     * @param sentAt when it was asked for, or a little before
     */
    public void putAside(QuarantineResult result, Duration sentAt) {
        refusedRow = null;
        cursor = result.cursor();
        bisection = bisection.found();
        lone.next();
        failures = 0;
        leaseRenewed = sentAt;
        comply(result.terms());
        switch (result.standing()) {
            case GOES_ON -> {}
            case DONE -> ending = new RunOutcome.Done();
            case BUDGET_SPENT -> ending = new RunOutcome.JobStopped(true);
            case JOB_STOPPED -> ending = new RunOutcome.JobStopped(false);
        }
    }

    /** A batch changed nothing because the fence did not let it pass: what is true is read back next. */
    public void refused(Duration now) {
        unsure = true;
        refusedRow = null;
        lone.next();
        bill.unused();
        retry(now);
        notBefore = now;
    }

    /** The shard is no longer this worker's. */
    public void fenced() {
        ending = new RunOutcome.Fenced();
    }

    /** The lease was extended at {@code now}, or a little later. */
    public void renewed(Duration now) {
        leaseRenewed = now;
    }

    /** A step failed at {@code now}. */
    public void failed(Failure failure, Duration now) {
        // What is known of the row may no longer hold; its batch tells again.
        refusedRow = null;
        switch (failure.kind()) {
            case TRANSIENT -> {
                bill.unused();
                retry(now);
            }
            case TIMED_OUT -> timedOut(failure, now);
            case CONNECTION_LOST -> {
                unsure = true;
                bill.lost();
                retry(now);
            }
            case ENVIRONMENT -> ending = new RunOutcome.PauseJob(failure);
            case SCHEMA_CHANGED -> ending = new RunOutcome.HaltJob(failure);
            case REFUSED_ROW -> refusedRows(failure, now);
            case UNKNOWN -> ending = new RunOutcome.Fail(failure);
        }
    }

    // Of a batch with a row that the database refuses nothing was changed: again with half the rows, down to the one.
    private void refusedRows(Failure failure, Duration now) {
        if (sent == 0) {
            // No row of a batch: there is nothing to look for.
            ending = new RunOutcome.Fail(failure);
            return;
        }
        bill.unused();
        reserved = 0;
        bisection = bisection.refused(sent);
        if (sent == 1 && lone.rejected(failure)) {
            refusedRow = failure;
        } else if (sent == 1) {
            notBefore = now.plus(backoff.delay(1));
        }
    }

    private void timedOut(Failure failure, Duration now) {
        bill.unused();
        if (sent == 1 && lone.timedOut()) {
            reserved = 0;
            refusedRow = lone.tooSlow(failure.code());
        } else {
            retry(now);
        }
    }

    /** The checkpoint was read from PostgreSQL, and the shard is still this worker's. */
    public void confirmed(Cursor stored) {
        cursor = stored;
        unsure = false;
    }

    /** The batch size that fits, for the next run of the same job. */
    public BatchSizer sizer() {
        return sizer;
    }

    /** What is still to be paid of the job's rate when the run is over at {@code now}, in rows; below zero if too much was paid. */
    public double owed(Duration now) {
        bill.unused();
        return bill.owed(now);
    }

    private int fittingRows() {
        return lone.isSlow()
                ? 1
                : bisection.atMost(sizer.atMost(terms.largestBatch()).rows());
    }

    private Step batch(int rows) {
        sent = rows;
        return new Step.Batch(cursor, rows, lone.timeout());
    }

    private void comply(SlotLimits now) {
        terms = now;
        sizer = sizer.aimingAt(now.batchDuration());
    }

    private void retry(Duration now) {
        reserved = 0;
        failures++;
        sizer = sizer.failed();
        notBefore = now.plus(backoff.delay(failures));
        if (failures >= limits.attempts()) {
            ending = new RunOutcome.GiveBack(RunOutcome.Why.STUCK, limits.putBackDelay());
        }
    }

    private boolean leaseIsHalfOver(Situation situation) {
        return situation.now().minus(leaseRenewed).multipliedBy(2).compareTo(limits.lease()) > 0;
    }

    private boolean resting(Situation situation) {
        return situation.now().compareTo(notBefore) < 0;
    }

    private Step rest(Situation situation) {
        var rest = notBefore.minus(situation.now());
        return new Step.Wait(rest.compareTo(NAP) < 0 ? rest : NAP);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Step giveBack(RunOutcome.Why why, Duration delay) {
        ending = new RunOutcome.GiveBack(why, delay);
        return new Step.End(ending);
    }

    /**
     * What a run has to know of the world before each step.
     *
     * @param now the monotonic time
     * @param mayRun whether control permits changing rows of the job
     * @param stopping whether the worker is shutting down
     */
    public record Situation(Duration now, boolean mayRun, boolean stopping) {}

    /**
     * A worker's limits.
     *
     * @param slice how long a task is worked on before the shard is given back
     * @param lease how long a claim holds without a sign of life
     * @param attempts failures in a row after which the shard is put back
     * @param putBackDelay how long nobody should take a shard that did not advance
     */
    public record Limits(Duration slice, Duration lease, int attempts, Duration putBackDelay) {

        /** How long one row alone may take, so that the lease does not end meanwhile. */
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
