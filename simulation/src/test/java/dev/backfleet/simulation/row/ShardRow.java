package dev.backfleet.simulation.row;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A shard: rows after {@link #cursor} up to {@link #upper} are still to be changed. */
public final class ShardRow {
    public final ShardId id;
    public final JobRow job;
    public Point lower;

    /** The pass under way. */
    public int pass;
    /** Whether it takes all rows that are left. */
    public boolean merged;
    /** Whether the class of a row depends on where it lies: it moves with each change. */
    public boolean byPlace;

    public ShardState state = ShardState.PENDING;
    public Point cursor;
    public Point upper;
    public int turn;
    public int wave = 1;
    /** In which wave it was put back after it had FAILED. */
    public int retriedInWave;

    public boolean held;
    public long epoch;
    public long dispatch;
    public long dispatchedAt;
    public long leaseUntil;
    public long notBefore;
    public long walked;
    public long changed;

    public final RowLock lock = new RowLock();

    /** Who won which epoch. */
    public final Map<Long, Run> winners = new HashMap<>();

    public ShardRow(JobRow job, Point lower, Point upper) {
        this.id = new ShardId(job.id, job.shards.size() + 1);
        this.job = job;
        this.lower = lower;
        this.cursor = lower;
        this.upper = upper;
        this.turn = id.number();
    }

    public boolean isOpen() {
        return state != ShardState.DONE && state != ShardState.FAILED;
    }

    public boolean isOut() {
        return state == ShardState.RUNNING || state == ShardState.DISPATCHED;
    }

    public boolean mayBeDispatched(long now) {
        return state == ShardState.PENDING && !held && wave <= job.wave && notBefore <= now;
    }

    /** Whether rows of a tenant may be in what is left of it. */
    public boolean reaches(int tenant) {
        return tenant > 0 && rest().leaves(tenant) && tenant <= upper.tenant();
    }

    /** The point after which rows are left, in this pass or a later one. */
    public Point rest() {
        return isLastPass() ? cursor : lower;
    }

    public boolean isLastPass() {
        return merged || pass == job.passes - 1;
    }

    /** Whether the pass under way takes a row. */
    public boolean takes(int row) {
        return merged ? classOf(row) >= pass : classOf(row) == pass;
    }

    /** Whether a row is behind the checkpoint. */
    public boolean isBehind(int row) {
        return takes(row) ? row <= cursor.row() : classOf(row) < pass;
    }

    private int classOf(int row) {
        return job.classOf(byPlace ? row + 17 * job.changes[row] + 31 * job.application[row] : row);
    }

    /** How many rows of a range the pass takes. */
    public int taken(int from, int to) {
        var rows = 0;
        for (var row = from + 1; row <= to; row++) {
            rows += takes(row) ? 1 : 0;
        }
        return rows;
    }

    /** The end of the pass was reached. */
    public void turn() {
        cursor = lower;
        pass++;
        merged |= job.mergePasses;
    }

    /** The checkpoint as it is stored and carried about. */
    public Cursor checkpoint() {
        return cursor.text(pass);
    }

    /**
     * Splits it at points in their order. It keeps the piece in which its cursor is; the pieces before are through with the pass.
     *
     * @param passed how many of the points are at the cursor or before it
     * @param forgetful whether the pass is forgotten
     * @return the pieces in the order of their rows
     */
    public List<ShardRow> split(List<Point> points, int passed, boolean forgetful) {
        var pieces = new ArrayList<ShardRow>();
        var bounds = new ArrayList<>(points);
        bounds.add(upper);
        var from = lower;
        for (var i = 0; i < bounds.size(); i++) {
            pieces.add(i == passed ? this : piece(from, bounds.get(i), forgetful ? 0 : i < passed ? pass + 1 : pass));
            from = bounds.get(i);
        }
        var end = bounds.get(passed);
        // A bound of a kind that the worker's statement does not know needs a new claim.
        if (state == ShardState.RUNNING && upper.whole() && !end.whole()) {
            state = ShardState.PENDING;
        }
        lower = passed == 0 ? lower : points.get(passed - 1);
        upper = end;
        return pieces;
    }

    private ShardRow piece(Point from, Point to, int itsPass) {
        var piece = new ShardRow(job, from, to);
        piece.pass = itsPass;
        piece.merged = merged;
        piece.byPlace = byPlace;
        piece.turn = turn;
        piece.wave = wave;
        piece.retriedInWave = retriedInWave;
        job.shards.add(piece);
        return piece;
    }
}
