package dev.backfleet.simulation.row;

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
    public final Point lower;

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
        return tenant > 0 && cursor.leaves(tenant) && tenant <= upper.tenant();
    }

    /** Splits it at points in their order; the numbers of the pieces, its own first. */
    public List<ShardRow> split(List<Point> points) {
        var pieces = new ArrayList<ShardRow>();
        pieces.add(this);
        for (var i = 0; i < points.size(); i++) {
            var piece = new ShardRow(job, points.get(i), i + 1 < points.size() ? points.get(i + 1) : upper);
            piece.turn = turn;
            piece.wave = wave;
            piece.retriedInWave = retriedInWave;
            job.shards.add(piece);
            pieces.add(piece);
        }
        if (!points.isEmpty()) {
            // A bound of a kind that the worker's statement does not know needs a new claim.
            if (state == ShardState.RUNNING && upper.whole() && !points.get(0).whole()) {
                state = ShardState.PENDING;
            }
            upper = points.get(0);
        }
        return pieces;
    }
}
