package dev.backfleet.worker.shard;

import java.time.Duration;

/**
 * What a run has to pay of the job's rate. Rows are paid for before they are changed, by an estimate, since only the
 * database knows how many of a batch's rows the change concerns; the difference is settled with the next payment. What was
 * not used of a second that is long over is lost: given back, it would come on top of what others do now.
 */
final class RateAccount {
    private static final Duration CREDIT = Duration.ofSeconds(1);

    // What a batch pays at least of its rows: next to nothing, so that rows without need of the change are only
    // walked; but not ever less, which would be no number of PostgreSQL's in the end.
    private static final double LEAST_SHARE = 1.0 / 1024;

    private double share = 1;
    private double paid;
    private Duration begin = Duration.ZERO;
    private double owed;

    /** How many rows a batch of this size is likely to change. Cautious: it believes in more at once, in fewer slowly. */
    double estimate(int rows) {
        return rows * share;
    }

    /** What is still to be paid at this time, in rows; below zero if too much was paid a moment ago. */
    double owed(Duration now) {
        return owed < 0 && now.compareTo(begin.plus(CREDIT)) > 0 ? 0 : owed;
    }

    /** So many rows were paid for, and what was owed; they may be changed from that time on. */
    void paid(double rows, Duration from) {
        paid = rows;
        owed = 0;
        begin = from;
    }

    /** A batch was committed that was paid for, or that had no need of it. */
    void changed(BatchResult batch, boolean limited) {
        if (limited) {
            owed += batch.changed() - paid;
            paid = 0;
        }
        if (batch.walked() > 0) {
            share = Math.max(LEAST_SHARE, Math.max(share / 2, (double) batch.changed() / batch.walked()));
        }
    }

    /** Nothing was changed of what was paid for. */
    void unused() {
        owed -= paid;
        paid = 0;
    }

    /** Nobody knows whether what was paid for was changed. */
    void lost() {
        paid = 0;
    }
}
