package dev.backfleet.simulation;

/** A transaction that holds locks: a batch over a range of rows, or a pause that takes shards back. */
final class Transaction {
    /** Rows after this one, up to {@link #to}, are locked by it. */
    final int from;

    final int to;
    private boolean aborted;

    Transaction(int from, int to) {
        this.from = from;
        this.to = to;
    }

    boolean covers(int row) {
        return row > from && row <= to;
    }

    void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }
}
