package dev.backfleet.simulation;

import dev.backfleet.common.job.Priority;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Table;
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
        var job = new JobRow(id, table, compares(id, sizes), 1 + random.nextInt(4), weight, 1 + random.nextInt(6));
        cut(job, sizes);
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

    // Drawn from the sizes, so that a seed still gives the same jobs as before there were comparisons.
    private static boolean compares(long id, int[] sizes) {
        return new Random(31 * id + Arrays.hashCode(sizes)).nextInt(5) == 0;
    }

    double limit() {
        return LIMITS[random.nextInt(LIMITS.length)];
    }

    // Some end with a tenant, as after an earlier tenant isolation.
    private void cut(JobRow job, int[] sizes) {
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
