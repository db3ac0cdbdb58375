package dev.backfleet.worker.execute;

/**
 * What a run has to pay of the job's rate. Rows are paid for before they are changed, by an estimate, since only the
 * database knows how many of a batch's rows the change concerns; the difference is settled with the next payment.
 */
final class Bill {
    private double share = 1;
    private double paid;
    private double owed;

    /** How many rows a batch of this size is likely to change. Cautious: it believes in more at once, in fewer slowly. */
    double estimate(int rows) {
        return rows * share;
    }

    /** What is still to be paid, in rows; below zero if too much was paid. */
    double owed() {
        return owed;
    }

    /** So many rows were paid for, and what was owed. */
    void paid(double rows) {
        paid = rows;
        owed = 0;
    }

    /** A batch was committed that was paid for, or that had no need of it. */
    void changed(BatchResult batch, boolean limited) {
        if (limited) {
            owed += batch.changed() - paid;
            paid = 0;
        }
        if (batch.walked() > 0) {
            share = Math.max(share / 2, (double) batch.changed() / batch.walked());
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
