package dev.backfleet.simulation.adapter;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.coordinator.control.TenantIsolation;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Table;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Node;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The transactions that split shards: they wait for running batches, then do everything at one instant. The real {@link
 * TenantIsolation} chooses the points, and the real {@code Stragglers} the shards.
 */
public final class Splitting implements StragglerSplitter.Splits {
    private static final int FEWEST_ROWS = 3;
    private static final long CHECK_AGAIN = 2_000;
    private static final long TIMEOUT = 900_000;

    private final Server server;
    private final Link link;
    private final Node node;

    public Splitting(Server server, Link link, Node node) {
        this.server = server;
        this.link = link;
        this.node = node;
    }

    @Override
    public int splitRunning(long job, int count) {
        var candidates = link.await(() -> candidates(server.job(job)));
        var done = 0;
        for (var candidate : candidates) {
            // Between the search for the point and the split, other transactions may run.
            if (done < count && link.await(() -> split(candidate))) {
                done++;
                server.tally.splits++;
            }
        }
        return done;
    }

    private static List<Candidate> candidates(JobRow job) {
        return job.shards.stream()
                .filter(shard -> job.state == JobState.RUNNING && shard.state == ShardState.RUNNING && !shard.held)
                .map(Candidate::of)
                .filter(candidate -> candidate.rows >= FEWEST_ROWS)
                .sorted(Comparator.comparing(Candidate::rows).reversed())
                .toList();
    }

    private boolean split(Candidate candidate) {
        var shard = candidate.shard;
        var row = candidate.middle;
        if (server.mutant == Mutant.SPLIT_WITHOUT_CURSOR_GUARD) {
            split(server, shard, List.of(shard.job.table.after(row)), 0);
            return true;
        }
        if (!whenFree(() -> List.of(shard))) {
            return false;
        }
        var inside = shard.isOpen() && !shard.held && row > shard.cursor.row() && row < shard.upper.row();
        if (inside) {
            split(server, shard, List.of(shard.job.table.after(row)), 0);
            server.committed();
        }
        return inside;
    }

    /** Waits for the batches in shards that a tenant's rows are in; false if they took too long. */
    boolean waitFor(JobRow job, String tenant) {
        if (server.mutant == Mutant.ISOLATE_WITHOUT_LOCK) {
            return true;
        }
        server.awaitFree(node, job.isolations);
        return whenFree(() -> reached(job, Table.parse(tenant))) && !job.isolations.isHeld();
    }

    /** Applies a desired state of a tenant whose shards have no running batch. */
    void apply(JobRow job, String tenant, DesiredState desired) {
        if (desired == DesiredState.RUN) {
            job.shards.stream()
                    .filter(shard -> shard.held && shard.reaches(Table.parse(tenant)))
                    .forEach(shard -> shard.held = false);
            job.pausedTenants.remove(tenant);
            // Shards that were held for this tenant may contain rows of another paused tenant.
            job.pausedTenants.forEach(other -> hold(server, job, Table.parse(other)));
        } else {
            hold(server, job, Table.parse(tenant));
            job.pausedTenants.add(tenant);
            server.tally.isolations++;
        }
        server.committed();
    }

    /** Isolates the paused tenants in shards that are open again. */
    static void holdPaused(Server server, JobRow job) {
        job.pausedTenants.forEach(tenant -> hold(server, job, Table.parse(tenant)));
    }

    private static List<ShardRow> reached(JobRow job, int tenant) {
        return job.shards.stream()
                .filter(shard -> shard.isOpen() && !shard.held && shard.reaches(tenant))
                .toList();
    }

    private static void hold(Server server, JobRow job, int tenant) {
        for (var shard : reached(job, tenant)) {
            var isolation = isolation(shard, tenant);
            var points = isolation.points().stream()
                    .map(point -> job.table.endOf(Table.parse(point.get(0))))
                    .toList();
            var own = split(server, shard, points, passed(shard, isolation)).get(isolation.piece());
            own.held = true;
            own.state = ShardState.PENDING;
        }
    }

    private static int passed(ShardRow shard, TenantIsolation isolation) {
        return shard.isLastPass()
                ? 0
                : (int) isolation.points().stream()
                        .filter(point -> shard.cursor.passes(Table.parse(point.get(0))))
                        .count();
    }

    private static List<ShardRow> split(Server server, ShardRow shard, List<Point> points, int passed) {
        return shard.split(points, passed, server.mutant == Mutant.SPLIT_FORGETS_THE_PASS);
    }

    private static TenantIsolation isolation(ShardRow shard, int tenant) {
        var table = shard.job.table;
        var before = table.lastRowUpTo(tenant - 1);
        return TenantIsolation.of(
                Integer.toString(tenant),
                before > shard.rest().row() ? Integer.toString(table.tenant(before)) : null,
                shard.upper.tenant() > tenant);
    }

    // As with a lock_timeout.
    private boolean whenFree(Supplier<List<ShardRow>> shards) {
        var boots = server.boots();
        for (var end = server.time.now() + TIMEOUT; server.time.now() < end; ) {
            if (shards.get().stream().allMatch(shard -> !shard.lock.isHeld())) {
                return true;
            }
            server.time.block(node, CHECK_AGAIN);
            if (server.boots() != boots) {
                throw new Unreachable();
            }
        }
        return false;
    }

    private record Candidate(ShardRow shard, int middle, int rows) {
        static Candidate of(ShardRow shard) {
            var left = shard.upper.row() - shard.cursor.row();
            return new Candidate(shard, shard.cursor.row() + (left + 1) / 2, left);
        }
    }
}
