package dev.backfleet.simulation.adapter;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FleetLoad;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The shards that can be worked on. */
public final class Board implements Dispatcher.DispatchQueue {
    private final Server server;
    private final Link link;

    public Board(Server server, Link link) {
        this.server = server;
        this.link = link;
    }

    @Override
    public FleetLoad load() {
        return link.await(() -> {
            var jobs = new ArrayList<JobLoad>();
            for (var job : server.jobs) {
                if (server.mayClaim(job)) {
                    jobs.add(new JobLoad(
                            job.id,
                            job.slots(),
                            job.count(ShardState.DISPATCHED),
                            job.count(ShardState.RUNNING),
                            pending(job),
                            job.weight,
                            0));
                }
            }
            return new FleetLoad(server.slots(), jobs);
        });
    }

    private int pending(JobRow job) {
        return (int) job.shards.stream()
                .filter(shard -> shard.mayBeDispatched(server.clock()))
                .count();
    }

    @Override
    public List<Task> dispatchIfLeading(long job, int count, long leader) {
        return link.await(() -> {
            var row = server.job(job);
            var tasks = new ArrayList<Task>();
            var leads = server.lead.epoch == leader && server.lead.until > server.clock();
            if (row.state != JobState.RUNNING || !leads) {
                return tasks;
            }
            var inTurn = row.shards.stream()
                    .sorted(Comparator.comparingInt(shard -> shard.turn))
                    .toList();
            for (var shard : inTurn) {
                if (tasks.size() < count && !shard.lock.isHeld() && shard.mayBeDispatched(server.clock())) {
                    shard.state = ShardState.DISPATCHED;
                    shard.dispatch++;
                    shard.dispatchedAt = server.clock();
                    tasks.add(new Task(shard.id, shard.dispatch));
                }
            }
            server.committed();
            return tasks;
        });
    }

    @Override
    public void undoIfDispatched(List<Task> tasks) {
        link.await(() -> {
            for (var task : tasks) {
                var shard = server.shard(task.shard());
                if (shard.state == ShardState.DISPATCHED && shard.dispatch == task.dispatch()) {
                    shard.state = ShardState.PENDING;
                }
            }
            server.committed();
            return true;
        });
    }
}
