package dev.backfleet.worker.shard;

import java.time.Duration;

/**
 * A run's account with the job's rate. Rows are reserved before they are changed, by an estimate, since only the database knows
 * how many of a batch's rows the change concerns; the difference is added to the next reservation. A refund of reserved rows
 * expires after a second: granted later, it would come on top of what other slots change then.
 */
final class RateAccount {
    private static final Duration REFUND_EXPIRY = Duration.ofSeconds(1);

    // Reserved rows are for their time. A slot that was delayed reserves again, so that after the machine was frozen
    // the batches of all slots are not sent at once.
    private static final Duration RESERVATION_EXPIRY = Duration.ofMillis(50);

    // A batch always reserves at least this share of its rows: next to nothing, so that rows that do not need the
    // change are scanned at full speed. Without this bound the share would shrink until PostgreSQL could not
    // represent it.
    private static final double LEAST_SHARE = 1.0 / 1024;

    private double share = 1;
    private double reserved;
    private int batchRows;
    private Duration usableFrom = Duration.ZERO;
    private double debt;

    /**
     * How many rows a batch of this size is likely to change. Cautious: it follows a rising share at once, and a falling one
     * slowly.
     */
    double estimate(int rows) {
        return rows * share;
    }

    /** The rows still to be charged at this time; negative: a refund of rows that were reserved a moment ago. */
    double debt(Duration now) {
        return debt < 0 && now.compareTo(usableFrom.plus(REFUND_EXPIRY)) > 0 ? 0 : debt;
    }

    /**
     * Rows were reserved, and the debt was charged.
     *
     * @param rows how many
     * @param batch the rows of the batch for which they are
     * @param from when they may be changed
     */
    void reserved(double rows, int batch, Duration from) {
        reserved = rows;
        batchRows = batch;
        debt = 0;
        usableFrom = from;
    }

    /** The rows of the batch that was reserved; 0 if there is none, or its time is over. */
    int reservedBatch(Duration now) {
        if (batchRows > 0 && now.compareTo(usableFrom.plus(RESERVATION_EXPIRY)) > 0) {
            unused();
        }
        return batchRows;
    }

    /** A batch was committed. */
    void committed(BatchResult batch) {
        if (batchRows > 0) {
            debt += batch.changed() - reserved;
            unknown();
        }
        if (batch.walked() > 0) {
            share = Math.max(LEAST_SHARE, Math.max(share / 2, (double) batch.changed() / batch.walked()));
        }
    }

    /** None of the reserved rows were changed. */
    void unused() {
        debt -= reserved;
        unknown();
    }

    /** It is unknown whether the reserved rows were changed. */
    void unknown() {
        reserved = 0;
        batchRows = 0;
    }
}
