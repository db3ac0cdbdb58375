package dev.backfleet.simulation.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The rows of a job that the database rejects, and those of them that are in quarantine. */
public final class Quarantine {
    private static final int NO_BUDGET_IS_SPENT = 1_000;

    private final boolean[] refused;
    private final boolean[] suspect;
    private final boolean[] forGood;
    private final boolean[] endsSession;
    private final int[] shards;
    private final boolean[] changedLater;

    /** How many rows are in it, as the job's row says. */
    public int counted;

    /** How many may be. */
    private int budget = NO_BUDGET_IS_SPENT;

    /** How many rows may be in quarantine before the job halts: the budget, or the number at the last resume. */
    private int most = NO_BUDGET_IS_SPENT;

    Quarantine(int rows) {
        this.refused = new boolean[rows + 1];
        this.suspect = new boolean[rows + 1];
        this.forGood = new boolean[rows + 1];
        this.endsSession = new boolean[rows + 1];
        this.shards = new int[rows + 1];
        this.changedLater = new boolean[rows + 1];
    }

    /** Makes the database reject some rows, often adjacent ones, and sets a budget that they may exceed. */
    public void spoil(Random random) {
        var rows = refused.length - 1;
        if (rows == 0) {
            return;
        }
        var at = 1 + random.nextInt(rows);
        for (var bad = 1 + random.nextInt(7); bad > 0; bad--) {
            refused[at] = true;
            suspect[at] = true;
            forGood[at] = random.nextBoolean();
            endsSession[at] = random.nextInt(4) == 0;
            at = random.nextInt(3) == 0 && at < rows ? at + 1 : 1 + random.nextInt(rows);
        }
        if (random.nextBoolean()) {
            permit(random.nextInt(4));
        }
    }

    /** Makes a row rejected for good. */
    public void spoil(int row) {
        refused[row] = true;
        suspect[row] = true;
        forGood[row] = true;
    }

    /** Fixes rows of the table. */
    public void repair(boolean all) {
        for (var row = 1; row < refused.length; row++) {
            refused[row] &= forGood[row] && !all;
        }
    }

    boolean hasRefused() {
        for (var row : refused) {
            if (row) {
                return true;
            }
        }
        return false;
    }

    public boolean isRefused(int row) {
        return refused[row];
    }

    /** Whether the rejected row has no error: a trigger ends the session that changes it. */
    public boolean endsSession(int row) {
        return endsSession[row];
    }

    /** Whether a row is rejected, or was before it was fixed. */
    public boolean wasRefused(int row) {
        return suspect[row];
    }

    public boolean holds(int row) {
        return shards[row] > 0;
    }

    /** Whether a row was changed after it had been in quarantine. */
    boolean isChangedLater(int row) {
        return changedLater[row];
    }

    /** The shard that a row was in. */
    public int shard(int row) {
        return shards[row];
    }

    public void put(int row, int shard) {
        shards[row] = shard;
    }

    /** Removes a row that was changed or does not need the change. */
    public void take(int row) {
        shards[row] = 0;
        changedLater[row] = true;
    }

    /** The rows that are in it. */
    public List<Long> rows() {
        var rows = new ArrayList<Long>();
        for (var row = 1; row < shards.length; row++) {
            if (holds(row)) {
                rows.add((long) row);
            }
        }
        return rows;
    }

    /** Sets the budget. */
    public void permit(int rows) {
        budget = rows;
        goOn();
    }

    /** The job is resumed with the rows in quarantine. */
    public void goOn() {
        most = Math.max(budget, counted);
    }

    /** Whether so many rows are more than the budget. */
    public boolean isSpentBy(int rows) {
        return rows > budget;
    }

    /** Whether the budget is exceeded, until the next resume. */
    public boolean isOverdrawn() {
        return counted > most + 1;
    }
}
