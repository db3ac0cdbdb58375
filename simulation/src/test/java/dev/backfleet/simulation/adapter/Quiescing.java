package dev.backfleet.simulation.adapter;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes RUNNING and DISPATCHED from shards: sees what was so when it began, and waits until no batch holds
 * one of them.
 */
public final class Quiescing {
    private static final long CHECK_AGAIN = 2_000;

    private final Server server;
    private final Node node;

    public Quiescing(Server server, Node node) {
        this.server = server;
        this.node = node;
    }

    /** Revokes all shards of a job, or of all jobs. */
    public void takeBack(@Nullable JobRow only) {
        if (server.mutant == Mutant.PAUSE_CHECKED_ONLY_AT_CLAIM) {
            return;
        }
        var boots = server.boots();
        var seen = new ArrayList<ShardRow>();
        for (var job : only == null ? server.jobs : List.of(only)) {
            job.shards.stream().filter(ShardRow::isOut).forEach(seen::add);
        }
        if (seen.isEmpty()) {
            return;
        }
        while (seen.stream().anyMatch(shard -> shard.lock.isHeld())) {
            server.time.block(node, CHECK_AGAIN);
        }
        if (server.boots() != boots) {
            throw new Unreachable();
        }
        seen.stream().filter(ShardRow::isOut).forEach(shard -> shard.state = ShardState.PENDING);
        server.committed();
    }

    /** The proof of a job's pause or end; whether it moved. */
    public boolean job(JobRow job, JobState to) {
        takeBack(job);
        server.awaitFree(node, job.lock);
        var from = to == JobState.PAUSED ? JobState.PAUSING : JobState.CANCELLING;
        return job.move(List.of(from), to);
    }
}
