package dev.backfleet.simulation;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;

/** Plans jobs as a seed wants them: with tenants or not, in waves or at once, with a limit or without. */
final class Jobs {
    private static final double[] LIMITS = {5, 10, 20, 40, 100, 300};

    private static final int[] WEIGHTS = {Priority.LOW.weight(), Priority.NORMAL.weight(), Priority.HIGH.weight()};

    private final Random random;

    Jobs(Random random) {
        this.random = random;
    }

    JobRow plan(long id) {
        var sizes = random.ints(1 + random.nextInt(6), 0, 25).toArray();
        var unwanted = random.nextInt(3) == 0 ? random.nextInt(90) : 0;
        var table = new Table(Arrays.stream(sizes).sum(), random.nextInt(3) == 0, unwanted, random);
        var weight = WEIGHTS[random.nextInt(WEIGHTS.length)];
        var job = new JobRow(id, table, kind(id, sizes), 1 + random.nextInt(4), weight, 1 + random.nextInt(6));
        walkInPasses(job);
        cut(job, sizes, random);
        if (random.nextInt(4) == 0) {
            putIntoWaves(job);
        }
        if (random.nextInt(3) == 0) {
            job.rate = limit();
        }
        if (random.nextInt(3) == 0) {
            job.quarantine.spoil(random);
        }
        return job;
    }

    /** Plans an undo of a job, as its seed wants it. */
    static JobRow undo(long id, JobRow undone) {
        var own = new Random(31 * id + undone.rows());
        var job = JobRow.undoing(
                id, undone, 1 + own.nextInt(4), WEIGHTS[own.nextInt(WEIGHTS.length)], 1 + own.nextInt(6));
        walkInPasses(job);
        var sizes = new ArrayList<Integer>();
        for (var left = undone.rows(); left > 0; left -= sizes.get(sizes.size() - 1)) {
            sizes.add(1 + own.nextInt(Math.min(left, 25)));
        }
        cut(job, sizes.stream().mapToInt(size -> size).toArray(), own);
        return job;
    }

    // Drawn from the sizes, so that a seed still gives the same jobs as before there were kinds.
    private static JobRow.Kind kind(long id, int[] sizes) {
        var own = new Random(31 * id + Arrays.hashCode(sizes));
        if (own.nextInt(5) == 0) {
            return JobRow.Kind.COMPARES;
        }
        if (own.nextInt(4) == 0) {
            return JobRow.Kind.KEEPS;
        }
        return own.nextInt(4) == 0 ? JobRow.Kind.COPIES : JobRow.Kind.UPDATES;
    }

    // Drawn from the id and the size, for the same reason.
    private static void walkInPasses(JobRow job) {
        var own = new Random(37 * job.id + job.rows());
        if (job.definition.work().kind() == Work.Kind.UPDATE_ROWS && own.nextInt(3) == 0) {
            job.passes = 2 + own.nextInt(3);
            job.claimsInPasses = own.nextInt(12);
        }
    }

    double limit() {
        return LIMITS[random.nextInt(LIMITS.length)];
    }

    // Some end with a tenant, as after an earlier tenant isolation.
    private static void cut(JobRow job, int[] sizes, Random random) {
        var row = 0;
        var lower = Point.START;
        for (var size : sizes) {
            row += size;
            var next = row < job.rows() ? job.table.tenant(row + 1) : 0;
            var upper = job.table.after(row);
            if (upper.tenant() > 0 && next != upper.tenant() && random.nextInt(3) == 0) {
                upper = job.table.endOf(upper.tenant());
            }
            job.shards.add(new ShardRow(job, lower, upper));
            lower = upper;
        }
    }

    private void putIntoWaves(JobRow job) {
        var waves = 1 + random.nextInt(3);
        job.shards.forEach(shard -> shard.wave = 1 + random.nextInt(waves));
        job.wave = job.shards.stream().mapToInt(shard -> shard.wave).min().orElseThrow();
        job.promotion = new JobRow.Promotion(random.nextInt(3) > 0, random.nextInt(4_000_000));
    }
}
