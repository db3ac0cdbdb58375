package dev.backfleet.worker.shard;

/**
 * Finds rows that the database rejects, by halving batches: each such row costs about twice the logarithm of a batch's size in
 * statements, and one next to another costs two. An immutable value.
 *
 * @param suspects how many rows after the checkpoint contain a rejected one; 0: none is known
 * @param mostRows how many rows may be tried at once otherwise
 */
record Bisection(int suspects, int mostRows) {
    private static final int GROWTH = 4;

    /** No row was rejected lately. */
    static final Bisection CLEAR = new Bisection(0, Integer.MAX_VALUE);

    /** Whether batches are smaller than they would be otherwise, because of a rejected row. */
    boolean isActive() {
        return !equals(CLEAR);
    }

    /** How many rows to try, of as many as would fit. */
    int atMost(int fitting) {
        return Math.min(fitting, suspects > 0 ? Math.max(1, suspects / 2) : mostRows);
    }

    /** A batch of so many rows was rejected. */
    Bisection refused(int rows) {
        return new Bisection(rows, 1);
    }

    /**
     * A batch was committed.
     *
     * @param walked its rows; the rejected one is among the others
     * @param fitting how many would fit
     */
    Bisection passed(long walked, int fitting) {
        if (suspects > walked) {
            return new Bisection((int) (suspects - walked), 1);
        }
        var grown = Math.max(1, walked) * GROWTH;
        return !isActive() || grown >= fitting ? CLEAR : new Bisection(0, (int) grown);
    }

    /** The rejected row was quarantined. The next row may be rejected too: bad rows tend to be next to each other. */
    Bisection found() {
        return new Bisection(0, 1);
    }
}
