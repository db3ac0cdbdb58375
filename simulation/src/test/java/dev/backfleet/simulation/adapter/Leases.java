package dev.backfleet.simulation.adapter;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The shards in progress. */
public final class Leases implements Reaper.Leases {
    private final Server server;
    private final Link link;

    public Leases(Server server, Link link) {
        this.server = server;
        this.link = link;
    }

    @Override
    public List<ShardId> reapExpired() {
        return restoreTo(ShardState.RUNNING, shard -> shard.leaseUntil < server.clock());
    }

    @Override
    public List<ShardId> reapUnclaimed(Duration age) {
        var micros = age.toNanos() / 1_000;
        return restoreTo(ShardState.DISPATCHED, shard -> shard.dispatchedAt < server.clock() - micros);
    }

    @Override
    public boolean slotsAreFree() {
        return link.await(() -> server.running() < server.slots());
    }

    // Locked rows are skipped.
    private List<ShardId> restoreTo(ShardState from, Predicate<ShardRow> which) {
        return link.await(() -> {
            var back = new ArrayList<ShardId>();
            for (var job : server.jobs) {
                for (var shard : job.shards) {
                    if (shard.state == from && !shard.lock.isHeld() && which.test(shard)) {
                        shard.state = ShardState.PENDING;
                        back.add(shard.id);
                    }
                }
            }
            server.committed();
            return back;
        });
    }
}
