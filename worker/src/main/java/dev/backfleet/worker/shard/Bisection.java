package dev.backfleet.worker.shard;

/**
 * Finds the rows that the database refuses, by halves: each costs some two times the logarithm of a batch in statements,
 * and one that stands beside another costs two. An immutable value.
 *
 * @param suspects so many rows after the checkpoint have one among them that was refused; 0: none is known
 * @param reach otherwise, so many rows may be tried at once
 */
record Bisection(int suspects, int reach) {
    private static final int GROWTH = 4;

    /** Nothing was refused lately. */
    static final Bisection CLEAR = new Bisection(0, Integer.MAX_VALUE);

    /** Whether batches are smaller than they would be, for the sake of a refused row. */
    boolean isActive() {
        return !equals(CLEAR);
    }

    /** How many rows to try, of so many that would fit. */
    int atMost(int fitting) {
        return Math.min(fitting, suspects > 0 ? Math.max(1, suspects / 2) : reach);
    }

    /** A batch of so many rows was refused. */
    Bisection refused(int rows) {
        return new Bisection(rows, 1);
    }

    /**
     * A batch passed.
     *
     * @param walked its rows; the refused one is in the rest
     * @param fitting how many would fit
     */
    Bisection passed(long walked, int fitting) {
        if (suspects > walked) {
            return new Bisection((int) (suspects - walked), 1);
        }
        var grown = Math.max(1, walked) * GROWTH;
        return !isActive() || grown >= fitting ? CLEAR : new Bisection(0, (int) grown);
    }

    /** The refused row was put aside. The next one may be refused too: bad rows tend to stand together. */
    Bisection found() {
        return new Bisection(0, 1);
    }
}
