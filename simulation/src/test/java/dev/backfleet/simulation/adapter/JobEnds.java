package dev.backfleet.simulation.adapter;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.time.Node;
import java.util.List;

/** The jobs, as far as they can come to an end: what {@code PostgresJobs} does, statement by statement. */
public final class JobEnds implements JobCompletion.Jobs {
    private final Server server;
    private final Link link;
    private final Session session;
    private final Quiescing quiescing;

    public JobEnds(Server server, Link link, Node node) {
        this.server = server;
        this.link = link;
        this.session = new Session(server, link, node);
        this.quiescing = new Quiescing(server, node);
    }

    @Override
    public List<Long> inState(JobState state) {
        return link.await(() -> server.jobs.stream()
                .filter(job -> job.state == state)
                .map(job -> job.id)
                .toList());
    }

    @Override
    public List<JobState> quiesce(long job, JobState to) {
        return link.await(() -> quiescing.job(server.job(job), to) ? List.of(to) : List.of());
    }

    @Override
    public void quiesceHalted() {
        if (server.mutant == Mutant.HALTED_JOB_CONTINUES) {
            return;
        }
        for (var id : inState(JobState.HALTED)) {
            link.await(() -> {
                quiescing.takeBack(server.job(id));
                return true;
            });
        }
    }

    @Override
    public void quiesceFleetIfPaused() {
        link.await(() -> {
            if (server.fleet == DesiredState.PAUSE) {
                quiescing.takeBack(null);
            }
            return true;
        });
    }

    @Override
    public List<JobState> finish(long id) {
        var job = server.job(id);
        if (link.await(() -> isOpen(job))) {
            return List.of();
        }
        job.finishing++;
        try {
            return session.inTransaction(open -> finish(job, open));
        } finally {
            job.finishing--;
        }
    }

    private List<JobState> finish(JobRow job, Session.Open open) {
        if (server.mutant != Mutant.FINISH_WITHOUT_LOCK) {
            open.lock(job.lock);
        }
        if (open.ask(() -> isOpen(job))) {
            return List.of();
        }
        open.dwell();
        var failed = open.ask(() -> !Repairs.failed(job).isEmpty());
        open.dwell();
        var end = failed ? JobState.FAILED : JobState.SUCCEEDED;
        return open.commit(() -> job.move(List.of(JobState.RUNNING), end) ? List.of(end) : List.of());
    }

    private static boolean isOpen(JobRow job) {
        return job.shards.stream().anyMatch(ShardRow::isOpen);
    }
}
