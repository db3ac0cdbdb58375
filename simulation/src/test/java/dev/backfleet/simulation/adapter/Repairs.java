package dev.backfleet.simulation.adapter;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.coordinator.operation.quarantine.RetryRows;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Attempt;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.RetryStatement;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Node;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/** What a person does about failures: retries FAILED shards and rows in quarantine, and raises error budgets. */
public final class Repairs {
    private static final Set<JobState> RETRIED =
            EnumSet.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED, JobState.FAILED);
    private static final long CHECK_AGAIN = 1_000;

    private final Server server;
    private final Node node;
    private final Link link;
    private final Session session;
    private final RetryStatement statement;

    public Repairs(Server server, Node node, Link link) {
        this.server = server;
        this.node = node;
        this.link = link;
        this.session = new Session(server, link, node);
        this.statement = new RetryStatement(server);
    }

    /** Resets the FAILED shards of a job, as {@code PostgresRetries} does. */
    public void retryShards(JobRow job) {
        server.tally.retriesBesideFinish += job.finishing > 0 ? 1 : 0;
        session.inTransaction(open -> {
            open.lock(job.lock);
            open.lock(job.isolations);
            var state = open.ask(() -> job.state);
            if (!RETRIED.contains(state) || open.ask(() -> isUndone(job))) {
                return false;
            }
            var failed = open.ask(() -> failed(job));
            open.dwell();
            return !failed.isEmpty() && open.commit(() -> restoreTo(job, state, failed));
        });
    }

    private boolean isUndone(JobRow job) {
        return !job.undos.isEmpty() && server.mutant != Mutant.RETRY_OF_UNDONE_JOB;
    }

    /**
     * Submits an undo of a job that has finished, as {@code PostgresDerivedJobs} does.
     *
     * @param planned plans it with the id that it gets
     */
    public void undo(JobRow job, LongFunction<JobRow> planned) {
        session.inTransaction(open -> {
            open.lock(job.lock);
            if (!open.ask(() -> job.over && job.isToBeUndone())) {
                return false;
            }
            open.dwell();
            return open.commit(() -> {
                var undo = planned.apply(server.jobs.size() + 1L);
                server.jobs.add(undo);
                job.undos.add(undo);
                server.tally.undos++;
                return true;
            });
        });
    }

    private boolean restoreTo(JobRow job, JobState state, List<ShardRow> failed) {
        failed.forEach(shard -> {
            shard.state = ShardState.PENDING;
            shard.notBefore = 0;
            shard.retriedInWave = job.wave;
        });
        if (server.mutant != Mutant.RETRY_FORGETS_TENANTS) {
            Splitting.holdPaused(server, job);
        }
        job.waveDoneAt = job.isWaveOpen() ? null : job.waveDoneAt;
        if (state == JobState.FAILED && server.mutant != Mutant.RETRY_FORGETS_THE_JOB) {
            job.move(List.of(JobState.FAILED), JobState.RUNNING);
        }
        server.tally.shardRetries++;
        return true;
    }

    public static List<ShardRow> failed(JobRow job) {
        return job.shards.stream()
                .filter(shard -> shard.state == ShardState.FAILED)
                .toList();
    }

    /** Retries the rows in quarantine with the real {@link RetryRows}. */
    public void retryRows(JobRow job) {
        Sleeper sleeper = duration -> server.time.block(node, 1 + duration.toNanos() / 1_000);
        try {
            var unused = new RetryRows(number -> retry(job, Math.toIntExact(number)), sleeper)
                    .run(link.await(job.quarantine::rows));
        } catch (InterruptedException e) {
            throw new Violation("a simulation is never interrupted");
        }
    }

    private Attempt retry(JobRow job, int row) {
        return new Attempt(link.await(() -> verdict(job, row)), Duration.ZERO);
    }

    private Verdict verdict(JobRow job, int row) {
        var verdict = new AtomicReference<Optional<Verdict>>();
        statement.run(job, row, verdict::set);
        while (verdict.get() == null) {
            server.time.block(node, CHECK_AGAIN);
        }
        return verdict.get().orElseThrow(Unreachable::new);
    }

    /** Sets a job's error budget. */
    public void permit(JobRow job, int rows) {
        link.await(() -> {
            server.awaitFree(node, job.lock);
            job.quarantine.permit(rows);
            server.committed();
            return true;
        });
    }
}
